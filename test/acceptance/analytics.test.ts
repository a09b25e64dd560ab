import { OpenRouter } from '@openrouter/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../src/util/json.ts'
import { markApiKey } from '../../src/util/api-key.ts'
import { behaving, otherKey, startGateway, type TestGateway, testKey } from '../gateway.ts'
import { asNumber, asObject, at, readJson } from './exchange.ts'

const adminKey = 'sk-or-v1-test-management-key-of-the-default-account'
const emptyAdminKey = 'sk-or-v1-test-management-key-of-an-account-without-requests'
const hash = markApiKey(testKey).hash
const day = 86_400_000

let gateway: TestGateway
let client: OpenRouter
/** What the answers themselves reported. */
let spent = 0
let completionTokens = 0
beforeAll(async () => {
  gateway = await startGateway({
    keys: [
      { name: 'test', key: testKey },
      { name: 'other', key: otherKey, account: 'other' },
      { name: 'admin', key: adminKey, management: true },
      { name: 'empty', key: emptyAdminKey, account: 'empty', management: true },
    ],
    models: { 'acme/broken': behaving('status-400') },
  })
  client = new OpenRouter({ apiKey: adminKey, serverURL: `${gateway.url}/api/v1` })
  const app = { 'http-referer': 'https://app.example' }
  for (const [body, headers] of [
    [{}, app],
    [{ user: 'user-1' }, app],
    [{ user: 'user-2', model: 'acme/m2' }, {}],
    [{ user: 'user-2', model: 'acme/m2', stream: false }, {}],
  ] as const) {
    const reply = await readJson(gateway.chat(body, headers))
    spent += asNumber(at(reply.body, 'usage', 'cost'))
    completionTokens += asNumber(at(reply.body, 'usage', 'completion_tokens'))
  }
  await (await gateway.chat({ model: 'acme/broken', user: 'user-1' })).text()
  await (await gateway.chat({}, { authorization: `Bearer ${otherKey}` })).text()
})
afterAll(() => gateway.close())

function send(path: string, body?: unknown, key = adminKey): Promise<Response> {
  const headers = { authorization: `Bearer ${key}` }
  return body === undefined ? gateway.get(`/api/v1${path}`, headers) : gateway.post(`/api/v1${path}`, body, headers)
}

interface Answer {
  readonly rows: readonly JsonObject[]
  readonly metadata: JsonObject
  readonly warnings: unknown
}

async function query(body: unknown, key = adminKey): Promise<Answer> {
  const reply = await readJson(send('/analytics/query', body, key))
  expect({ status: reply.status, error: reply.body['error'] }).toEqual({ status: 200, error: undefined })
  const data = asObject(reply.body['data'])
  const rows: unknown = data['data']
  return {
    rows: Array.isArray(rows) ? rows.map(asObject) : [],
    metadata: asObject(data['metadata']),
    warnings: data['warnings'],
  }
}

test('contract §8.B: the official client reads the catalogue, and can ask for all that it lists', async () => {
  const { data } = await client.analytics.getAnalyticsMeta()
  expect(data.granularities.map(({ name }) => name)).toEqual(['minute', 'hour', 'day', 'week', 'month'])
  expect(data.operators.map(({ name, valueType }) => [name, valueType])).toEqual([
    ...['eq', 'neq'].map((name) => [name, 'scalar']),
    ...['in', 'not_in'].map((name) => [name, 'array']),
    ...['gt', 'gte', 'lt', 'lte'].map((name) => [name, 'scalar']),
  ])
  const names = data.metrics.map(({ name }) => name)
  for (const { name: granularity } of data.granularities) {
    for (const { name: dimension } of data.dimensions) {
      const { data: answer } = await client.analytics.queryAnalytics({
        requestBody: { metrics: names, dimensions: [dimension], granularity },
      })
      expect(answer.metadata.rowCount).toBe(answer.data.length)
      expect(answer.data.length).toBeGreaterThan(0)
      expect(answer.metadata.truncated).toBe(false)
    }
  }
})

test('a period as a whole is one row, of this account alone', async () => {
  const metrics = ['request_count', 'total_usage', 'tokens_completion', 'error_count', 'error_rate', 'cost_per_request']
  const { rows, warnings } = await query({ metrics })
  expect(rows).toHaveLength(1)
  expect(rows[0]).toEqual({
    request_count: 5,
    total_usage: expect.closeTo(spent, 12),
    tokens_completion: completionTokens,
    error_count: 1,
    error_rate: 0.2,
    cost_per_request: expect.closeTo(spent / 5, 12),
  })
  expect(warnings).toBeUndefined()
  expect((await query({ metrics }, emptyAdminKey)).rows).toEqual([
    {
      ...{ request_count: 0, total_usage: 0, tokens_completion: 0, error_count: 0 },
      ...{ error_rate: null, cost_per_request: null },
    },
  ])
  expect((await query({ metrics, granularity: 'hour' }, emptyAdminKey)).rows).toEqual([])
})

test('percentiles and throughput are those of what was answered', async () => {
  const { rows } = await query({
    metrics: ['time_to_first_token_p50', 'time_to_first_token_p95', 'latency_p50', 'latency_p95', 'throughput'],
  })
  const row = asObject(rows[0])
  const [p50, p95] = [asNumber(row['time_to_first_token_p50']), asNumber(row['time_to_first_token_p95'])]
  expect(p50).toBeLessThanOrEqual(p95)
  expect(asNumber(row['latency_p50'])).toBeLessThanOrEqual(asNumber(row['latency_p95']))
  expect(asNumber(row['throughput'])).toBeGreaterThan(0)
})

test('dimensions: each has its rows, and what is unset is null', async () => {
  const by = async (...dimensions: readonly string[]) =>
    (await query({ metrics: ['request_count'], dimensions, order_by: { field: 'request_count', direction: 'desc' } }))
      .rows
  // A failed request has the model that was called, and the provider that failed.
  expect((await by('model')).map((row) => [row['model'], row['request_count']])).toEqual([
    ['acme/m1', 2],
    ['acme/m2', 2],
    ['acme/broken', 1],
  ])
  expect(await by('api_key_id')).toEqual([{ api_key_id: hash, api_key_name: 'test', request_count: 5 }])
  expect(await by('workspace')).toEqual([{ workspace: 'default', request_count: 5 }])
  expect((await by('app')).map((row) => [row['app'], row['request_count']])).toEqual([
    [null, 3],
    ['https://app.example', 2],
  ])
  expect(await by('user', 'app')).toHaveLength(4)
})

describe('filters', () => {
  const counted = async (...filters: readonly unknown[]): Promise<unknown> =>
    (await query({ metrics: ['request_count'], filters })).rows[0]?.['request_count']

  test.each<[string, readonly unknown[], number | undefined]>([
    ['eq', [{ field: 'user', operator: 'eq', value: 'user-1' }], 2],
    ['neq, which takes what is unset', [{ field: 'user', operator: 'neq', value: 'user-1' }], 3],
    ['in', [{ field: 'user', operator: 'in', value: ['user-1', 'user-2'] }], 4],
    ['in, or unset', [{ field: 'user', operator: 'in', value: ['user-1'], include_unset: true }], 3],
    ['not_in', [{ field: 'user', operator: 'not_in', value: ['user-1'] }], 2],
    ['not_in, or unset', [{ field: 'user', operator: 'not_in', value: ['user-1'], include_unset: true }], 3],
    ['gt', [{ field: 'user', operator: 'gt', value: 'user-1' }], 2],
    ['lte', [{ field: 'user', operator: 'lte', value: 'user-1' }], 2],
    ['a number', [{ field: 'user', operator: 'eq', value: 1 }], 0],
    ['the own workspace', [{ field: 'workspace', operator: 'in', value: ['default'] }], 5],
    ['another workspace', [{ field: 'workspace', operator: 'eq', value: 'other' }], undefined],
    [
      'two, both of which must be met',
      [
        { field: 'model', operator: 'eq', value: 'acme/m1' },
        { field: 'user', operator: 'eq', value: 'user-1' },
      ],
      1,
    ],
    ['text that is SQL', [{ field: 'user', operator: 'eq', value: `' or 1=1 --` }], 0],
  ])('%s', async (_, filters, expected) => {
    expect(await counted(...filters)).toBe(expected)
  })

  test('a key that is unknown gives a warning, and nothing of another account', async () => {
    const others = markApiKey(otherKey).hash
    const filters = [{ field: 'api_key_id', operator: 'in', value: [others, hash] }]
    const { rows, warnings } = await query({ metrics: ['request_count'], dimensions: ['api_key_id'], filters })
    expect(rows).toEqual([{ api_key_id: hash, api_key_name: 'test', request_count: 5 }])
    expect(warnings).toEqual([expect.stringContaining(others)])
  })
})

describe('times', () => {
  const iso = (time: number): string => new Date(time).toISOString()
  const now = Date.now()

  test.each(['minute', 'hour', 'day', 'week', 'month'])('the rows of a %s have its beginning', async (granularity) => {
    const { rows } = await query({ metrics: ['request_count'], granularity })
    const date = new Date(String(rows.at(-1)?.['date']))
    expect(rows.reduce((sum, row) => sum + asNumber(row['request_count']), 0)).toBe(5)
    expect(date.getTime()).toBeLessThanOrEqual(Date.now())
    expect(date.getUTCSeconds()).toBe(0)
    if (granularity !== 'minute') expect(date.getUTCMinutes()).toBe(0)
    if (['day', 'week', 'month'].includes(granularity)) expect(date.getUTCHours()).toBe(0)
    if (granularity === 'week') expect(date.getUTCDay()).toBe(1)
    if (granularity === 'month') expect(date.getUTCDate()).toBe(1)
  })

  test('a range is widened to whole hours, of which a warning tells', async () => {
    const start = now - (now % 3_600_000) + 1_000
    const { rows, warnings } = await query({
      metrics: ['request_count'],
      time_range: { start: iso(start - 3_600_000), end: iso(start + 3_600_000) },
    })
    expect(rows[0]?.['request_count']).toBe(5)
    expect(warnings).toEqual([expect.stringContaining('widened')])
  })

  test('a range before has nothing', async () => {
    const time_range = { start: iso(now - 40 * day), end: iso(now - 39 * day) }
    expect((await query({ metrics: ['request_count'], time_range, granularity: 'day' })).rows).toEqual([])
  })
})

test('order, limit and group_limit', async () => {
  const metrics = ['request_count']
  const users = async (more: JsonObject) => {
    const { rows, metadata } = await query({ metrics, dimensions: ['user'], ...more })
    return { users: rows.map(({ user }) => user), truncated: metadata['truncated'] }
  }
  const order_by = { field: 'user', direction: 'asc' }
  expect(await users({ order_by })).toEqual({ users: ['user-1', 'user-2', null], truncated: false })
  expect(await users({ order_by: { field: 'user', direction: 'desc' } })).toMatchObject({
    users: ['user-2', 'user-1', null],
  })
  expect(await users({ order_by, limit: 1 })).toEqual({ users: ['user-1'], truncated: true })
  const { rows } = await query({ metrics: ['total_usage'], dimensions: ['user'], group_limit: 1 })
  expect(rows).toHaveLength(3)
  // request_count may be ordered by without being asked for.
  const { rows: ordered } = await query({
    metrics: ['total_usage'],
    dimensions: ['model'],
    order_by: { field: 'request_count', direction: 'asc' },
    limit: 1,
  })
  expect(ordered[0]).toEqual({ model: 'acme/broken', total_usage: 0 })
})

test.each<[string, unknown, string]>([
  ['no metric', { metrics: [] }, 'metrics'],
  ['a metric that is unknown', { metrics: ['usage'] }, 'metrics'],
  ['three dimensions', { metrics: ['request_count'], dimensions: ['model', 'user', 'app'] }, 'dimensions'],
  ['one dimension twice', { metrics: ['request_count'], dimensions: ['model', 'model'] }, 'dimensions'],
  [
    'too many filters',
    {
      metrics: ['request_count'],
      filters: Array.from({ length: 21 }, () => ({ field: 'model', operator: 'eq', value: 'x' })),
    },
    'filters',
  ],
  [
    'a list for eq',
    { metrics: ['request_count'], filters: [{ field: 'model', operator: 'eq', value: ['x'] }] },
    'value',
  ],
  [
    'one value for in',
    { metrics: ['request_count'], filters: [{ field: 'model', operator: 'in', value: 'x' }] },
    'value',
  ],
  [
    'a filter of a metric',
    { metrics: ['request_count'], filters: [{ field: 'total_usage', operator: 'gt', value: 1 }] },
    'field',
  ],
  [
    'a time without seconds',
    { metrics: ['request_count'], time_range: { start: '2026-11-01T00:00Z', end: '2026-11-02T00:00:00Z' } },
    'time_range.start',
  ],
  [
    'a range that ends before it starts',
    { metrics: ['request_count'], time_range: { start: '2026-11-02T00:00:00Z', end: '2026-11-01T00:00:00Z' } },
    'time_range',
  ],
  [
    'a day by minute',
    {
      metrics: ['request_count'],
      granularity: 'minute',
      time_range: { start: '2026-11-01T00:00:00Z', end: '2026-11-02T00:00:00Z' },
    },
    'six hours',
  ],
  [
    'an order that is not asked for',
    { metrics: ['request_count'], order_by: { field: 'total_usage', direction: 'asc' } },
    'order_by',
  ],
  [
    'a classifier',
    { metrics: ['request_count'], classifier_filters: { classifier_id: 'x', filters: [] } },
    'classifier',
  ],
  [
    'a field of a filter that is unknown',
    { metrics: ['request_count'], filters: [{ field: 'model', operator: 'eq', value: 'x', values: [] }] },
    'filters[0].values',
  ],
  ['a limit of 0', { metrics: ['request_count'], limit: 0 }, 'limit'],
])('is refused with 400: %s', async (_, body, word) => {
  const reply = await readJson(send('/analytics/query', body))
  expect(reply.status).toBe(400)
  expect(at(reply.body, 'error', 'message')).toContain(word)
})

test('contract §0.3: an unknown field has no effect, and gives a warning', async () => {
  const metrics = ['request_count']
  const { rows, warnings } = await query({ metrics, filter: [], 'a b': 1 })
  expect(rows).toEqual((await query({ metrics })).rows)
  expect(warnings).toEqual(['The query has no field filter: it has no effect.'])
})

test('inference keys and no key are refused', async () => {
  for (const [path, body] of [['/analytics/meta'], ['/analytics/query', { metrics: ['request_count'] }]] as const) {
    expect((await readJson(send(path, body, testKey))).status).toBe(403)
    expect((await readJson(send(path, body, 'sk-or-v1-wrong'))).status).toBe(401)
  }
})
