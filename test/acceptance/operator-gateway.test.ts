import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../src/util/json.ts'
import { eventually } from '../faults/eventually.ts'
import { behaving, otherKey, startGateway, type TestGateway, testKey } from '../gateway.ts'
import { asNumber, asObject, asText, at, calls, readJson } from './exchange.ts'

const adminKey = 'sk-or-v1-test-management-key-of-the-default-account'
const teamAdminKey = 'sk-or-v1-test-management-key-of-another-account'
const upstreamSecret = 'upstream-secret-of-prov-a'
const keys = [
  { name: 'test', key: testKey },
  { name: 'other', key: otherKey, account: 'other' },
  { name: 'off', key: 'sk-or-v1-test-key-that-is-disabled', account: 'other', disabled: true },
  { name: 'admin', key: adminKey, management: true },
  { name: 'team admin', key: teamAdminKey, account: 'other', management: true },
]

let directory: string
let gateway: TestGateway
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'waygate-operator-'))
  gateway = await startGateway(config())
  await (await gateway.chat({ stream: true })).text()
  await (await gateway.chat({}, { authorization: `Bearer ${otherKey}` })).text()
})
afterAll(async () => {
  await gateway.close()
  await rm(directory, { recursive: true })
})

const config = (more: JsonObject = {}) => ({
  storage: { url: `sqlite:${join(directory, 'waygate.db')}`, journal: join(directory, 'journal') },
  keys,
  models: { 'acme/broken': behaving('status-401') },
  default_model: 'acme/m2',
  ...more,
})

const send = (method: string, path: string, body?: unknown, key = adminKey): Promise<Response> =>
  fetch(`${gateway.url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })

async function get(path: string, key = adminKey): Promise<unknown> {
  const { status, body } = await readJson(send('GET', path, undefined, key))
  expect({ status, error: body['error'] }).toEqual({ status: 200, error: undefined })
  expect(JSON.stringify(body)).not.toMatch(/upstream-secret|sk-or-v1-test/)
  return body['data']
}

const objects = (value: unknown): readonly JsonObject[] => (Array.isArray(value) ? value.map(asObject) : [])

test('only the operator’s management keys may do what concerns the whole gateway', async () => {
  for (const [method, path] of [
    ['GET', '/waygate/status'],
    ['GET', '/waygate/configuration'],
    ['POST', '/waygate/configuration/reload'],
    ['POST', '/waygate/ledger/verify'],
    ['GET', '/waygate/ledger/verify'],
    ['GET', '/waygate/accounts'],
  ] as const) {
    const statusFor = async (key: string) => (await readJson(send(method, path, undefined, key))).status
    expect({ path, status: await statusFor(testKey) }).toEqual({ path, status: 403 })
    expect({ path, status: await statusFor(teamAdminKey) }).toEqual({ path, status: 403 })
    expect({ path, status: await statusFor('sk-or-v1-wrong') }).toEqual({ path, status: 401 })
  }
  for (const path of ['/waygate/endpoints', '/waygate/session']) {
    expect((await readJson(send('GET', path, undefined, testKey))).status).toBe(403)
    expect((await readJson(send('GET', path, undefined, teamAdminKey))).status).toBe(200)
  }
  expect((await readJson(send('POST', '/waygate/endpoints/test', {}, testKey))).status).toBe(403)
})

test('the status', async () => {
  expect(await get('/waygate/status')).toEqual({
    version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    node_version: process.version,
    node_id: expect.stringMatching(/^[\da-f-]{36}$/),
    started_at: expect.any(String),
    uptime_seconds: expect.any(Number),
    readiness: 'ready',
    database: { kind: 'sqlite', url: `sqlite:${join(directory, 'waygate.db')}`, reachable: true },
    journal: { waiting: expect.any(Number), full: false },
    shared_state: { kind: 'memory', connected: true },
    memory: { rss_bytes: expect.any(Number), heap_used_bytes: expect.any(Number) },
  })
})

test('the accounts, with their keys and what they spent', async () => {
  const accounts = objects(await get('/waygate/accounts'))
  expect(accounts).toMatchObject([
    { name: 'default', keys: 1, disabled_keys: 0, management_keys: 1, credits: null, log_content: false },
    { name: 'other', keys: 2, disabled_keys: 1, management_keys: 1, credits: null },
  ])
  for (const { usage, usage_daily: daily, last_used_at: lastUsedAt } of accounts) {
    expect(asNumber(usage)).toBeGreaterThan(0)
    expect(daily).toBe(usage)
    expect(Date.parse(asText(lastUsedAt))).toBeGreaterThan(0)
  }
  const headers = {
    authorization: `Bearer ${adminKey}`,
    'content-type': 'application/json',
    'x-waygate-account': 'other',
  }
  const added = await fetch(`${gateway.url}/api/v1/waygate/credits`, { method: 'POST', headers, body: '{"amount":5}' })
  expect(added.status).toBe(201)
  expect(objects(await get('/waygate/accounts'))[1]?.['credits']).toEqual({ total: 5, remaining: 5 })
  expect(await get('/waygate/accounts?offset=2')).toEqual([])
})

describe('endpoints', () => {
  test('have their prices, health and credentials, and never a secret', async () => {
    const { body } = await readJson(send('GET', '/waygate/endpoints'))
    expect(JSON.stringify(body)).not.toContain('secret')
    expect(body['default_model']).toBe('acme/m2')
    const rows = objects(body['data'])
    expect(rows.filter(({ model }) => model === 'acme/m1').map(({ tag }) => tag)).toEqual([
      'prov-a',
      'prov-b',
      'prov-c',
    ])
    expect(rows.find(({ model, tag }) => model === 'acme/m1' && tag === 'prov-a')).toMatchObject({
      provider_name: 'Prov A',
      upstream_model: 'steady',
      pricing: { prompt: '0.000001', completion: '0.000002' },
      health: { condition: 'stable', rate_limited: false, latency_last_30m: { samples: expect.any(Number) } },
      credentials: { state: 'present', count: 1, benched: 0 },
    })
    expect(objects(body['providers']).find(({ slug }) => slug === 'prov-a')).toMatchObject({
      state: 'offered',
      configured: true,
    })
    const few = await readJson(send('GET', '/waygate/endpoints?model=acme%2Fm1&provider=prov-b'))
    expect(objects(few.body['data']).map(({ tag }) => tag)).toEqual(['prov-b'])
  })

  test('are tested by a real call, which is recorded and charged to the key Console', async () => {
    const { status, body } = await readJson(
      send('POST', '/waygate/endpoints/test', { model: 'acme/m1', endpoint: 'prov-c' }),
    )
    expect(status).toBe(200)
    const outcome = asObject(body['data'])
    expect(outcome).toMatchObject({ ok: true, status: 200, error: null, text: expect.any(String) })
    expect(asNumber(outcome['cost'])).toBeGreaterThan(0)
    expect(calls(gateway).at(-1)?.path).toContain('/prov-c/')
    const id = asText(outcome['generation_id'])
    const record = asObject(
      await eventually(async () => {
        const reply = await readJson(send('GET', `/waygate/generations/${id}`))
        return reply.status === 200 ? reply.body['data'] : null
      }),
    )
    expect(record).toMatchObject({ provider: 'prov-c', cost: outcome['cost'], key: { name: 'Console' } })
  })

  test('that fail tell why, and no other one is called', async () => {
    const before = calls(gateway).length
    const { body } = await readJson(
      send('POST', '/waygate/endpoints/test', { model: 'acme/broken', endpoint: 'prov-a' }),
    )
    expect(body['data']).toMatchObject({ ok: false, status: 502, error: expect.any(String), text: null, cost: 0 })
    expect(JSON.stringify(body)).not.toContain(upstreamSecret)
    expect(
      calls(gateway)
        .slice(before)
        .every(({ path }) => path.startsWith('/prov-a/')),
    ).toBe(true)
    const { body: listed } = await readJson(send('GET', '/waygate/endpoints?model=acme%2Fbroken'))
    expect(at(listed, 'data', 0, 'credentials')).toMatchObject({ benched: 1 })
  })

  test.each([
    [{ model: 'acme/none', endpoint: 'prov-a' }, 404],
    [{ model: 'acme/m1', endpoint: 'prov-x' }, 404],
    [{ model: 'acme/m1' }, 400],
    [{ model: 'acme/m1', endpoint: 'prov-a', messages: [] }, 400],
  ])('%j is %d', async (body, status) => {
    expect((await readJson(send('POST', '/waygate/endpoints/test', body))).status).toBe(status)
  })
})

test('the books are checked in the background, one check at a time', async () => {
  expect(await get('/waygate/ledger/verify')).toBeNull()
  const begun = await readJson(send('POST', '/waygate/ledger/verify'))
  const again = await readJson(send('POST', '/waygate/ledger/verify'))
  expect(begun.body['data']).toMatchObject({ state: 'running', in_order: null })
  expect(at(again.body, 'data', 'started_at')).toBe(at(begun.body, 'data', 'started_at'))
  const done = await eventually(async () => {
    const last = asObject(await get('/waygate/ledger/verify'))
    return last['state'] === 'running' ? null : last
  })
  expect(done).toMatchObject({ state: 'done', in_order: true, failure: null, mistakes: [], journal: { damaged: 0 } })
  expect(asNumber(done['generations'])).toBeGreaterThanOrEqual(2)
})

test('the configuration has each value with its source, and no secret', async () => {
  const data = asObject(await get('/waygate/configuration'))
  expect(data['file']).toMatch(/waygate\.yaml$/)
  const values = new Map(objects(data['values']).map(({ path, value, source }) => [path, { value, source }]))
  const inFile = { from: 'file', line: expect.any(Number) }
  expect(values.get('server.port')).toEqual({ value: 0, source: inFile })
  expect(values.get('keys[1].name')).toEqual({ value: 'other', source: inFile })
  expect(values.get('keys[1].key')).toEqual({ value: '•••', source: inFile })
  expect(values.get('providers.prov-a.api_key')).toEqual({ value: '•••', source: inFile })
  expect(values.get('secrets.key')).toEqual({ value: '•••', source: inFile })
  expect(values.get('providers.prov-a.base_url')?.value).toMatch(/^http:/)
  expect(values.get('timeouts.connect_ms')).toEqual({ value: 5000, source: { from: 'default' } })
  const [first, second] = [values.get('keys[0].name'), values.get('keys[1].name')].map((value) =>
    asObject(value?.source),
  )
  expect(asNumber(first?.['line'])).toBeLessThan(asNumber(second?.['line']))
})

test('the configuration is read again on request', async () => {
  const reload = async () => asObject((await readJson(send('POST', '/waygate/configuration/reload'))).body['data'])
  expect(await reload()).toEqual({ outcome: 'unchanged', changed: [], problems: [] })
  await gateway.write(config({ keepalive_ms: 1234 }))
  expect(await reload()).toEqual({ outcome: 'reloaded', changed: ['keepalive_ms'], problems: [] })
  await gateway.write(config({ keepalive_ms: 'soon' }))
  expect(await reload()).toEqual({
    outcome: 'refused',
    changed: [],
    problems: [expect.stringMatching(/waygate\.yaml:\d+.*keepalive_ms/)],
  })
  await gateway.write(config())
  expect(await reload()).toMatchObject({ outcome: 'reloaded' })
})
