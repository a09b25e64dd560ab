import { hash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { adminKey, type ByokGateway, otherKey, secondKey, startByokGateway } from '../byok-gateway.ts'
import { testKey } from '../gateway.ts'
import { asText, at, readJson, refusal } from './exchange.ts'

const retired = { provider: 'prov-a', model: 'up', pricing: { prompt: 0.5, completion: 1 }, deprecated: true }
const current = { provider: 'prov-b', model: 'up', pricing: { prompt: 4, completion: 8 } }
const ownModel = 'openai/gpt-oss-safeguard-20b'
const hashOf = (key: string): string => hash('sha256', key, 'hex')

let byok: ByokGateway
beforeAll(async () => {
  byok = await startByokGateway({
    models: {
      'acme/retired': { endpoints: [retired] },
      'acme/half-retired': { endpoints: [retired, current] },
      'acme/draws': { output_modalities: ['image'], endpoints: [current] },
    },
  })
})
afterAll(() => byok.close())
beforeEach(() => byok.reset())

const get = (path: string, key = testKey) =>
  fetch(`${byok.gateway.url}/api/v1${path}`, { headers: { authorization: `Bearer ${key}` } })

async function list(path: string, key?: string) {
  const { status, body } = await readJson(get(path, key))
  expect({ path, status, body }).toMatchObject({ status: 200, body: { object: 'list' } })
  const { data, ...page } = body
  if (!Array.isArray(data)) throw new Error('data is no list')
  const rows = new Map(data.map((model: unknown) => [asText(at(model, 'id')), model]))
  return { slugs: [...rows.keys()], rows, page }
}

const slugs = async (key?: string): Promise<readonly string[]> => (await list('/models/user', key)).slugs

/** Expects that exactly the listed ones of these models answer a chat. */
async function expectUsable(listed: readonly string[], key = testKey): Promise<void> {
  for (const model of (await list('/models', key)).slugs) {
    const { status } = await byok.ask({ model, user: 'anyone' }, key)
    expect({ model, status }).toEqual({ model, status: listed.includes(model) ? 200 : 404 })
  }
}

describe('contract §8.A: GET /models/user', () => {
  test('lists all models but the retired ones, as GET /models does', async () => {
    const [usable, all] = [await list('/models/user'), await list('/models')]
    expect(usable.slugs).toEqual(['acme/m1', 'acme/m2', 'acme/half-retired'])
    expect(all.slugs).toEqual(['acme/m1', 'acme/m2', 'acme/retired', 'acme/half-retired'])
    expect(usable.rows.get('acme/m1')).toEqual(all.rows.get('acme/m1'))
    await expectUsable(usable.slugs)
  })

  test('the price of a model is that of an endpoint that the key may use', async () => {
    const priceIn = async (path: string) => at((await list(path)).rows.get('acme/half-retired'), 'pricing', 'prompt')
    expect([await priceIn('/models'), await priceIn('/models/user')]).toEqual(['0.0000005', '0.000004'])
    expect((await list('/models/user?max_price=1')).slugs).toEqual(['acme/m1', 'acme/m2'])
    expect((await list('/models/user?providers=prov-a')).slugs).toEqual(['acme/m1', 'acme/m2'])
  })

  test('is_byok_only excludes what the account can call with no key of its own', async () => {
    await byok.bring({ provider: 'prov-a', key: 'key-of-a-client', is_byok_only: true, allowed_models: [] })
    const { slugs, rows } = await list('/models/user')
    expect(slugs).toEqual(['acme/m1', 'acme/half-retired'])
    expect(rows.get('acme/m1')).toMatchObject({ pricing: { prompt: '0.000002' } })
    await expectUsable(slugs)
    expect((await list('/models/user', otherKey)).slugs).toContain('acme/m2')
  })

  test('is_required leaves the model to the key itself', async () => {
    await byok.bring({ provider: 'prov-a', key: 'key-of-a-client', is_required: true, allowed_models: ['acme/m2'] })
    expect(await slugs()).toEqual(['acme/m1', 'acme/m2', 'acme/half-retired'])
    await expectUsable(await slugs())
  })

  test('a key that only another API key of the account may use makes no model usable', async () => {
    const allowed = [hashOf(secondKey)]
    await byok.bring({ provider: 'groq', key: 'gsk-of-a-client-0123456789', allowed_api_key_hashes: allowed })
    expect((await list('/models')).slugs).toContain(ownModel)
    expect(await slugs()).not.toContain(ownModel)
    expect(await slugs(secondKey)).toContain(ownModel)
    expect(await slugs(otherKey)).not.toContain(ownModel)
  })

  test('such a model is refused to the others for a reason', async () => {
    const allowed = [hashOf(secondKey)]
    await byok.bring({ provider: 'groq', key: 'gsk-of-a-client-0123456789', allowed_api_key_hashes: allowed })
    const { status, body, calls } = await byok.ask({ model: ownModel })
    expect({ status, calls }).toEqual({ status: 404, calls: [] })
    expect(body.error).toMatchObject({
      message: `No endpoints found for ${ownModel}.`,
      availability: { code: 'no_endpoints', requested_models: [ownModel] },
    })
    expect((await byok.ask()).status).toBe(200)
  })

  test('is filtered, sorted and paged; the next page is one of the same list', async () => {
    expect((await list('/models/user?output_modalities=image')).slugs).toEqual(['acme/draws'])
    expect((await list('/models/user?output_modalities=all')).slugs).toHaveLength(4)
    const first = await list('/models/user?sort=pricing-high-to-low&limit=2')
    expect(first).toMatchObject({
      slugs: ['acme/half-retired', 'acme/m1'],
      page: { total_count: 3, links: { next: '/api/v1/models/user?sort=pricing-high-to-low&limit=2&offset=2' } },
    })
    const next = asText(at(first.page, 'links', 'next')).slice('/api/v1'.length)
    expect(await list(next)).toMatchObject({ slugs: ['acme/m2'], page: { total_count: 3, links: { next: null } } })
  })

  test.each(['sort=beauty', 'limit=0', 'limit=1001', 'offset=-1', 'output_modalities=smell'])(
    '%s is refused by name',
    async (query) => {
      const error = await refusal(get(`/models/user?${query}`), 400)
      expect(error['message']).toContain(query.split('=')[0])
    },
  )

  test('needs a key that may generate', async () => {
    for (const path of ['/api/v1/models/user', '/v1/models/user']) {
      await refusal(fetch(byok.gateway.url + path), 401)
      await refusal(fetch(byok.gateway.url + path, { method: 'POST' }), 405)
    }
    await refusal(get('/models/user', 'nobody'), 401)
    await refusal(get('/models/user', adminKey), 403)
  })
})
