import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { markApiKey } from '../../src/util/api-key.ts'
import type { JsonObject } from '../../src/util/json.ts'
import { eventually } from '../faults/eventually.ts'
import { behaving, startGateway, type TestGateway, testKey } from '../gateway.ts'
import { asObject, asText, at, calls, readJson, refusal } from './exchange.ts'

const adminKey = 'sk-or-v1-test-management-key-of-the-default-account'
const otherAdminKey = 'sk-or-v1-test-management-key-of-another-account'
const configuredHash = markApiKey(testKey).hash

let directory: string
let gateway: TestGateway
/** Another gateway on the same database. */
let neighbour: TestGateway
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'waygate-keys-'))
  const config = {
    storage: { url: `sqlite:${join(directory, 'waygate.db')}` },
    secrets: { key_file: join(directory, 'secret.key') },
    keys: [
      { name: 'test', key: testKey },
      { name: 'admin', key: adminKey, management: true },
      { name: 'other admin', key: otherAdminKey, account: 'other', management: true },
    ],
    models: {
      'acme/priced': {
        endpoints: [{ ...behaving('usage-1000-500').endpoints[0], provider: 'prov-a' }],
      },
    },
  }
  gateway = await startGateway(config)
  neighbour = await startGateway(config)
})
afterAll(async () => {
  await gateway.close()
  await neighbour.close()
  await rm(directory, { recursive: true })
})

const manage = (method: string, path: string, body?: unknown, key = adminKey, on = gateway): Promise<Response> =>
  fetch(`${on.url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })

/** Makes a key, and returns its row and the key itself. */
async function create(body: JsonObject, key = adminKey): Promise<{ row: JsonObject; key: string; hash: string }> {
  const { status, body: reply } = await readJson(manage('POST', '/keys', body, key))
  expect({ status, error: reply['error'] }).toEqual({ status: 201, error: undefined })
  const row = asObject(reply['data'])
  return { row, key: asText(reply['key']), hash: asText(row['hash']) }
}

const get = async (path: string): Promise<unknown> => (await readJson(manage('GET', path))).body['data']
const chatWith = (key: string, on = gateway): Promise<Response> =>
  on.chat({ model: 'acme/priced', max_tokens: 500 }, { authorization: `Bearer ${key}` })
const namesOf = (data: unknown): readonly unknown[] => (Array.isArray(data) ? data.map((row) => at(row, 'name')) : [])

describe('contract row 64: the management of keys', () => {
  test('an inference key is refused, a management key is not, and cannot generate', async () => {
    for (const [method, path] of [
      ['GET', '/keys'],
      ['POST', '/keys'],
      ['GET', `/keys/${configuredHash}`],
      ['PATCH', `/keys/${configuredHash}`],
      ['DELETE', `/keys/${configuredHash}`],
      ['GET', '/credits'],
      ['GET', '/waygate/credits'],
      ['POST', '/waygate/credits'],
      ['GET', '/activity'],
      ['POST', '/generation/feedback'],
    ] as const) {
      const error = await refusal(manage(method, path, method === 'GET' ? undefined : {}, testKey), 403)
      expect(error['message']).toMatch(/^Only management keys can perform this operation/)
    }
    expect((await manage('GET', '/keys')).status).toBe(200)
    await refusal(chatWith(adminKey), 403)
    await refusal(manage('GET', '/keys', undefined, 'sk-or-v1-nobody'), 401)
  })

  test('a key is made with 201, shown once, and generates at once', async () => {
    const given = { name: 'made', limit: 5, limit_reset: 'monthly', expires_at: '2099-01-01T00:00:00Z' }
    const { row, key, hash } = await create({ ...given, external: { user: 'user-1' }, creator_user_id: 'member-1' })
    expect(key).toMatch(/^sk-or-v1-[0-9a-f]{64}$/)
    expect(row).toEqual({
      ...{ hash: markApiKey(key).hash, name: 'made', label: markApiKey(key).label, disabled: false },
      ...{ limit: 5, limit_remaining: 5, limit_reset: 'monthly', include_byok_in_limit: false },
      ...{ requests_per_minute: null, tokens_per_minute: null },
      ...{ usage: 0, usage_daily: 0, usage_weekly: 0, usage_monthly: 0 },
      ...{ byok_usage: 0, byok_usage_daily: 0, byok_usage_weekly: 0, byok_usage_monthly: 0 },
      ...{ created_at: expect.stringMatching(/^\d{4}-.*Z$/), updated_at: null, last_used_at: null },
      ...{ expires_at: '2099-01-01T00:00:00.000Z', creator_user_id: 'member-1', external_user: 'user-1' },
      workspace_id: 'default',
    })
    expect((await chatWith(key)).status).toBe(200)
    expect(await get(`/keys/${hash}`)).toMatchObject({
      ...{ usage: 0.002, usage_daily: 0.002, usage_weekly: 0.002, usage_monthly: 0.002, limit_remaining: 4.998 },
      last_used_at: expect.stringMatching(/^\d{4}-.*Z$/),
    })
    const listed = await readJson(manage('GET', '/keys'))
    expect(JSON.stringify(listed.body)).not.toContain(key)
    expect(gateway.log.join('')).not.toContain(key)
    const called = await readJson(gateway.get('/api/v1/key', { authorization: `Bearer ${key}` }))
    expect(called.body['data']).toMatchObject({ limit: 5, usage: 0.002, effective_budget: { scope: 'key_limit' } })
    const older = await readJson(gateway.get('/api/v1/auth/key', { authorization: `Bearer ${key}` }))
    expect(older.body).toEqual(called.body)
  })

  test('a key of the caller’s own is taken, is stored as a hash, and only once', async () => {
    const chosen = 'a-key-that-the-client-has-chosen-itself'
    const { key, hash } = await create({ name: 'chosen', external: { user: 'user-2', api_key: chosen } })
    expect({ key, hash }).toEqual({ key: chosen, hash: markApiKey(chosen).hash })
    expect((await chatWith(chosen)).status).toBe(200)
    const again = { name: 'chosen again', external: { user: 'user-2', api_key: chosen } }
    await refusal(manage('POST', '/keys', again), 409)
    await refusal(manage('POST', '/keys', { ...again, external: { user: 'u', api_key: testKey } }), 409)
    await refusal(manage('POST', '/keys', { ...again, external: { user: 'u', api_key: otherAdminKey } }), 409)
  })

  test.each([
    ['no name', {}, 'name'],
    ['an empty name', { name: '' }, 'name'],
    ['a name of spaces', { name: '  ' }, 'name'],
    ['a name that breaks the line', { name: 'a\nb' }, 'name'],
    ['a name of a key in the configuration', { name: 'test' }, 'name'],
    ['a negative limit', { name: 'n', limit: -1 }, 'limit'],
    ['an unknown reset', { name: 'n', limit_reset: 'hourly' }, 'limit_reset'],
    ['another offset than UTC', { name: 'n', expires_at: '2099-01-01T00:00:00+02:00' }, 'expires_at'],
    ['a time without seconds', { name: 'n', expires_at: '2099-01-01T00:00Z' }, 'expires_at'],
    ['a local time', { name: 'n', expires_at: '2099-01-01T00:00:00' }, 'expires_at'],
    ['a day that is none', { name: 'n', expires_at: '2099-02-30T00:00:00Z' }, 'expires_at'],
    ['BYOK in the limit that is no boolean', { name: 'n', include_byok_in_limit: 1 }, 'include_byok_in_limit'],
    ['a short key', { name: 'n', external: { user: 'u', api_key: 'short' } }, 'external.api_key'],
    ['a key with spaces', { name: 'n', external: { user: 'u', api_key: 'k '.repeat(20) } }, 'external.api_key'],
    ['an unknown field of the end user', { name: 'n', external: { user: 'u', colour: 'red' } }, 'external.colour'],
  ])('%s is refused by its field', async (_, body, field) => {
    const error = await refusal(manage('POST', '/keys', body), 400)
    expect(at(error, 'metadata', 'issues', 0, 'path')).toBe(field)
    expect(namesOf(await get('/keys?include_disabled=true&include_expired=true'))).not.toContain('n')
  })

  test('contract §0.3: an unknown field has no effect, and the reply shows the limits that hold', async () => {
    const { row, hash } = await create({ name: 'unknown fields', limt: 1, foo: null })
    expect(row).toMatchObject({ limit: null, limit_remaining: null })
    const changed = await readJson(manage('PATCH', `/keys/${hash}`, { limit: 2, disbled: true }))
    expect(changed.body['data']).toMatchObject({ limit: 2, disabled: false })
  })

  test('a name is taken once in an account, also by a change, and of two at the same time one fails', async () => {
    await create({ name: 'twice' })
    await refusal(manage('POST', '/keys', { name: 'twice' }), 400)
    const { hash } = await create({ name: 'renamed' })
    await refusal(manage('PATCH', `/keys/${hash}`, { name: 'twice' }), 400)
    expect((await manage('PATCH', `/keys/${hash}`, { name: 'renamed' })).status).toBe(200)
    await create({ name: 'twice' }, otherAdminKey)
    const replies = await Promise.all([1, 2, 3].map(() => manage('POST', '/keys', { name: 'at once' })))
    expect(replies.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 400, 400])
  })

  test('a change counts at once here, and within 2 s at another gateway', async () => {
    const { key, hash } = await create({ name: 'changing' })
    expect((await chatWith(key)).status).toBe(200)
    await eventually(async () => ((await chatWith(key, neighbour)).status === 200 ? true : null))

    const changed = await readJson(manage('PATCH', `/keys/${hash}`, { disabled: true, name: 'changed' }))
    expect(changed.body['data']).toMatchObject({ name: 'changed', disabled: true, updated_at: expect.any(String) })
    await refusal(chatWith(key), 401)
    const since = performance.now()
    await eventually(async () => ((await chatWith(key, neighbour)).status === 401 ? true : null))
    expect(performance.now() - since).toBeLessThan(4_000)

    await manage('PATCH', `/keys/${hash}`, { disabled: false, limit: 0.001, limit_reset: 'daily' })
    expect((await chatWith(key)).status).toBe(403)
    gateway.simulator.clearJournal()
    const error = await refusal(chatWith(key), 403)
    expect(error['message']).toMatch(/^Key limit exceeded \(daily limit\)/)
    expect(calls(gateway)).toEqual([])
    const raised = await readJson(manage('PATCH', `/keys/${hash}`, { limit: null, limit_reset: null }))
    expect(raised.body['data']).toMatchObject({ limit: null, limit_remaining: null, limit_reset: null })
    expect((await chatWith(key)).status).toBe(200)

    await manage('PATCH', `/keys/${hash}`, { requests_per_minute: 1 })
    expect((await chatWith(key)).status).toBe(200)
    await refusal(chatWith(key), 429)

    expect((await readJson(manage('DELETE', `/keys/${hash}`))).body).toEqual({ deleted: true })
    await refusal(chatWith(key), 401)
    await refusal(manage('GET', `/keys/${hash}`), 404)
    await refusal(manage('DELETE', `/keys/${hash}`), 404)
    await eventually(async () => ((await chatWith(key, neighbour)).status === 401 ? true : null))
  })

  test('contract row 3: an expired key is refused', async () => {
    const { key } = await create({ name: 'expired', expires_at: '2020-01-01T00:00:00+00:00' })
    expect((await refusal(chatWith(key), 401))['message']).toContain('expired')
  })

  test('a key of the configuration file can be read, and not changed', async () => {
    expect(await get(`/keys/${configuredHash}`)).toMatchObject({ name: 'test', workspace_id: 'default' })
    for (const reply of [
      manage('PATCH', `/keys/${configuredHash}`, { disabled: true }),
      manage('DELETE', `/keys/${configuredHash}`),
    ]) {
      expect((await refusal(reply, 409))['message']).toContain('stands in the configuration file')
    }
    expect((await chatWith(testKey)).status).toBe(200)
  })

  test('contract row 60: keys of another account, and management keys, are not there', async () => {
    const { key, hash } = await create({ name: 'foreign' }, otherAdminKey)
    for (const wanted of [hash, markApiKey(adminKey).hash, markApiKey(otherAdminKey).hash, 'x', hash.toUpperCase()]) {
      await refusal(manage('GET', `/keys/${wanted}`), 404)
      await refusal(manage('PATCH', `/keys/${wanted}`, { disabled: true }), 404)
      await refusal(manage('DELETE', `/keys/${wanted}`), 404)
    }
    expect((await chatWith(key)).status).toBe(200)
    expect(namesOf(await get('/keys'))).not.toContain('foreign')
    const names = namesOf((await readJson(manage('GET', '/keys', undefined, otherAdminKey))).body['data'])
    expect(names).toContain('foreign')
    expect(names).not.toContain('test')
  })

  test('the list has pages of 100, and hides disabled and expired keys', async () => {
    const account = 'sk-or-v1-test-management-key-of-many-keys-0'
    const many = await startGateway({ keys: [{ name: 'admin', key: account, management: true }] })
    try {
      const page = async (query: string): Promise<readonly unknown[]> =>
        namesOf((await readJson(manage('GET', `/keys${query}`, undefined, account, many))).body['data'])
      for (let index = 0; index < 103; index++) {
        const body = { name: `key ${index}`, ...(index === 1 && { expires_at: '2020-01-01T00:00:00Z' }) }
        const { body: made } = await readJson(manage('POST', '/keys', body, account, many))
        const path = `/keys/${asText(at(made, 'data', 'hash'))}`
        if (index === 0) await manage('PATCH', path, { disabled: true }, account, many)
      }
      const all = Array.from({ length: 103 }, (_, index) => `key ${index}`)
      expect(new Set(await page(''))).toEqual(new Set(all.slice(2)).difference(new Set(await page('?offset=100'))))
      expect(await page('?offset=100')).toHaveLength(1)
      const withAll = '&include_disabled=true&include_expired=true'
      const pages = [...(await page(`?offset=0${withAll}`)), ...(await page(`?offset=100${withAll}`))]
      expect(pages).toHaveLength(103)
      expect(new Set(pages)).toEqual(new Set(all))
      expect(await page('?include_disabled=true')).toContain('key 0')
      expect(await page('?include_expired=true')).toContain('key 1')
      expect(await page('?offset=1000')).toEqual([])
      for (const bad of ['?offset=-1', '?offset=x', '?include_disabled=yes', '?include_expired=1']) {
        await refusal(manage('GET', `/keys${bad}`, undefined, account, many), 400)
      }
      await refusal(manage('GET', '/keys?workspace_id=elsewhere', undefined, account, many), 404)
      expect(await page('?workspace_id=default')).toHaveLength(100)
    } finally {
      await many.close()
    }
  })
})
