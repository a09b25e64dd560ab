import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ByokGateway, otherKey, startByokGateway } from '../byok-gateway.ts'
import { testKey } from '../gateway.ts'
import { asObject, asText, at, readJson, refusal } from './exchange.ts'

const ownModel = 'openai/gpt-oss-120b'
const endpoint = (provider: string, more: object = {}) => ({
  provider,
  model: 'up',
  pricing: { prompt: 1, completion: 2 },
  ...more,
})

let byok: ByokGateway
beforeAll(async () => {
  byok = await startByokGateway({
    models: {
      'acme/tiers': { endpoints: [endpoint('prov-b'), endpoint('prov-b', { tag: 'prov-b/flex', tier: 'flex' })] },
      'acme/retired': { endpoints: [endpoint('prov-b', { deprecated: true })] },
      'acme/draws': { output_modalities: ['image'], endpoints: [endpoint('prov-b')] },
    },
  })
})
afterAll(() => byok.close())

const get = async (path: string, key?: string): Promise<unknown> => {
  const headers = key === undefined ? {} : { authorization: `Bearer ${key}` }
  const { status, body } = await readJson(fetch(`${byok.gateway.url}/api/v1${path}`, { headers }))
  expect({ path, status }).toEqual({ path, status: 200 })
  return body['data']
}
const rows = async (key?: string) => [await get('/endpoints/zdr', key)].flat().map(asObject)
const names = async (key?: string) => (await rows(key)).map((row) => `${asText(row['model_id'])}@${asText(row['tag'])}`)

describe('contract §8.A: GET /endpoints/zdr', () => {
  test('lists, also without a key, the endpoints of all models that retain nothing', async () => {
    const expected = ['acme/m1@prov-b', 'acme/tiers@prov-b', 'acme/tiers@prov-b/flex', 'acme/draws@prov-b']
    expect(await names()).toEqual(expected)
    expect(await names(testKey)).toEqual(expected)
  })

  test('a row is that of the model’s own list, with its speed only for a client with a key', async () => {
    const asked = Array.from({ length: 12 }, () => byok.ask({ stream: true, provider: { only: ['prov-b'] } }))
    for (const { status } of await Promise.all(asked)) expect(status).toBe(200)
    // Such figures are computed once per second.
    await expect.poll(async () => at(await rows(testKey), 0, 'latency_last_30m')).not.toBeNull()
    for (const key of [undefined, testKey]) {
      const listed = [at(await get('/models/acme/m1/endpoints', key), 'endpoints')].flat()
      const [row] = await rows(key)
      expect(row).toEqual(listed[1])
      expect(row).toMatchObject({ model_id: 'acme/m1', provider_name: 'Prov B', pricing: { prompt: '0.000002' } })
      expect(row?.['latency_last_30m'] === null).toBe(key === undefined)
    }
  })

  test('these are the endpoints that a request with zdr reaches', async () => {
    const listed = await names(testKey)
    for (const model of ['acme/m1', 'acme/m2', 'acme/tiers', 'acme/retired']) {
      const body = { model, messages: [{ role: 'user', content: 'hi' }], provider: { zdr: true } }
      const route = await readJson(byok.gateway.post('/api/v1/route', body))
      const candidates = [at(route.body, 'data', 'candidates')].flat()
      const reached = candidates
        .filter((row) => at(row, 'place') !== null)
        .map((row) => `${model}@${asText(at(row, 'endpoint'))}`)
      const isDefaultTier = (name: string) => name.startsWith(`${model}@`) && !name.endsWith('/flex')
      expect(reached).toEqual(listed.filter(isDefaultTier))
    }
  })

  test('a provider that only an account can call is listed for this account alone', async () => {
    expect((await names(testKey)).some((name) => name.startsWith(ownModel))).toBe(false)
    await byok.bring({ provider: 'deepinfra', key: 'key-of-a-client-0123456789' })
    try {
      expect(await names(testKey)).toContain(`${ownModel}@deepinfra`)
      expect(await names(otherKey)).not.toContain(`${ownModel}@deepinfra`)
      expect(await names()).not.toContain(`${ownModel}@deepinfra`)
    } finally {
      await byok.reset()
    }
  })

  test('takes no other method, and there is nothing beside it', async () => {
    await refusal(fetch(`${byok.gateway.url}/v1/endpoints/zdr`, { method: 'POST' }), 405)
    await refusal(fetch(`${byok.gateway.url}/v1/endpoints`), 404)
  })
})
