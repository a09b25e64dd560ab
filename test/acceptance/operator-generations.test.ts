import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { markApiKey } from '../../src/util/api-key.ts'
import type { JsonObject } from '../../src/util/json.ts'
import { eventually } from '../faults/eventually.ts'
import { behaving, otherKey, startGateway, type TestGateway, testKey } from '../gateway.ts'
import { asNumber, asObject, asText, at, readJson } from './exchange.ts'

const adminKey = 'sk-or-v1-test-management-key-of-the-default-account'
const otherAdminKey = 'sk-or-v1-test-management-key-of-another-account'
const hash = markApiKey(testKey).hash
const secret = 'a secret of the prompt'
const keys = [
  { name: 'test', key: testKey },
  { name: 'other', key: otherKey, account: 'other' },
  { name: 'admin', key: adminKey, management: true },
  { name: 'other admin', key: otherAdminKey, account: 'other', management: true },
]
const accounts = { other: { log_content: true } }

let gateway: TestGateway
/** Their ids, oldest first. */
const ids: string[] = []
let othersId = ''
beforeAll(async () => {
  gateway = await startGateway({
    keys,
    accounts,
    models: { 'acme/fallback': behaving('status-500', 'steady'), 'acme/broken': behaving('status-400') },
  })
  const idOf = async (reply: Promise<Response>): Promise<string> => {
    const read = await reply
    await read.text()
    return read.headers.get('x-generation-id') ?? ''
  }
  const messages = [{ role: 'user', content: secret }]
  ids.push(await idOf(gateway.chat({ messages, user: 'user-1', session_id: 's-1' }, { 'x-title': 'App' })))
  ids.push(await idOf(gateway.chat({ messages, model: 'acme/m2', user: 'user-1' })))
  ids.push(await idOf(gateway.chat({ messages, model: 'acme/fallback' }, { 'http-referer': 'https://app.example' })))
  ids.push(await idOf(gateway.chat({ messages, model: 'acme/broken' })))
  ids.push(await idOf(gateway.chat({ messages, provider: { ignore: ['prov-a'] }, stream: true })))
  othersId = await idOf(gateway.chat({ messages }, { authorization: `Bearer ${otherKey}` }))
  await eventually(async () => ((await list('')).rows.length === 5 ? true : null))
})
afterAll(() => gateway.close())

function send(path: string, body?: unknown, key = adminKey): Promise<Response> {
  const headers = { authorization: `Bearer ${key}` }
  return body === undefined ? gateway.get(`/api/v1${path}`, headers) : gateway.post(`/api/v1${path}`, body, headers)
}

async function list(query: string, key = adminKey) {
  const { status, body } = await readJson(send(`/waygate/generations${query}`, undefined, key))
  expect({ status, error: body['error'] }).toEqual({ status: 200, error: undefined })
  const rows: unknown = body['data']
  return {
    rows: Array.isArray(rows) ? rows.map(asObject) : [],
    next: body['next_cursor'],
    searchedUntil: body['searched_until'],
  }
}

async function whole(id: string | undefined, key = adminKey): Promise<JsonObject> {
  const { status, body } = await readJson(send(`/waygate/generations/${id}`, undefined, key))
  expect(status).toBe(200)
  return asObject(body['data'])
}

describe('the list', () => {
  test('is newest first, and has every field', async () => {
    const { rows, next, searchedUntil } = await list('')
    expect(rows.map(({ id }) => id)).toEqual(ids.toReversed())
    expect([next, searchedUntil]).toEqual([null, null])
    const record = asObject((await readJson(gateway.get(`/api/v1/generation?id=${ids[0]}`))).body['data'])
    expect(rows[4]).toEqual({
      ...{ id: ids[0], created_at: record['created_at'], operation: 'chat', requested_model: 'acme/m1' },
      ...{
        model: 'acme/m1',
        provider: 'prov-a',
        provider_name: 'Prov A',
        status: 200,
        error: null,
        error_message: null,
      },
      ...{ finish_reason: 'stop', streamed: false, cancelled: false, is_byok: false, cached: false },
      ...{ cost: record['total_cost'], tokens_prompt: record['tokens_prompt'] },
      ...{ tokens_completion: record['tokens_completion'], tokens_reasoning: record['native_tokens_reasoning'] },
      ...{ tokens_cached: record['native_tokens_cached'], latency: record['latency'] },
      ...{ generation_time: record['generation_time'], key: { hash, name: 'test' } },
      ...{ user: 'user-1', session_id: 's-1', app: 'App' },
    })
  })

  test('comes in pages, each row once', async () => {
    const seen: unknown[] = []
    let cursor = ''
    for (;;) {
      const { rows, next } = await list(`?limit=2${cursor}`)
      expect(rows.length).toBeLessThanOrEqual(2)
      seen.push(...rows.map(({ id }) => id))
      if (next === null) break
      cursor = `&cursor=${encodeURIComponent(asText(next))}`
    }
    expect(seen).toEqual(ids.toReversed())
  })

  test.each<[string, readonly number[]]>([
    ['model=acme/m2', [1]],
    ['provider=prov-b', [4, 2, 1]],
    [`key=${hash}`, [4, 3, 2, 1, 0]],
    ['key=none', []],
    ['user=user-1', [1, 0]],
    ['session=s-1', [0]],
    ['app=App', [0]],
    ['app=https%3A%2F%2Fapp.example', [2]],
    ['operation=chat&user=user-1', [1, 0]],
    ['operation=completions', []],
    ['failed=true', [3]],
    ['failed=false&model=acme/broken', [3]],
    ['min_cost=0.00000001', [4, 2, 1, 0]],
    ['min_cost=1', []],
    ['since=2099-01-01T00:00:00Z', []],
    ['until=2099-01-01T00:00:00Z&user=user-1&model=acme/m1', [0]],
  ])('is filtered by %s', async (query, expected) => {
    expect((await list(`?${query}`)).rows.map(({ id }) => ids.indexOf(asText(id)))).toEqual(expected)
  })

  test.each(['limit=0', 'limit=201', 'cursor=x', 'failed=yes', 'min_cost=-1', 'since=2026-11-01', 'until=now'])(
    'refuses %s with 400',
    async (query) => {
      const { status, body } = await readJson(send(`/waygate/generations?${query}`))
      expect(status).toBe(400)
      expect(at(body, 'error', 'message')).toContain(query.split('=')[0])
    },
  )

  test('has nothing of another account', async () => {
    expect((await list('', otherAdminKey)).rows.map(({ id }) => id)).toEqual([othersId])
    expect((await list(`?key=${hash}`, otherAdminKey)).rows).toEqual([])
  })
})

describe('one generation', () => {
  test('has its calls with their times, and why each endpoint was taken', async () => {
    const data = await whole(ids[2])
    expect(data).toMatchObject({
      model: 'acme/fallback',
      referer: 'https://app.example',
      endpoint: 'acme/fallback@prov-b',
    })
    const attempts = data['attempts']
    expect(attempts).toMatchObject([
      { sequence: 0, provider: 'prov-a', status: 502, error: 'provider_unavailable', kind: 'first', cost: 0 },
      { sequence: 1, provider: 'prov-a', status: 502, error: 'provider_unavailable', kind: 'retry', cost: 0 },
      { sequence: 2, provider: 'prov-b', status: 200, error: null, kind: 'first' },
    ])
    const [first, second] = [asObject(at(attempts, 0)), asObject(at(attempts, 2))]
    expect(asNumber(first['started_after'])).toBeLessThanOrEqual(asNumber(second['started_after']))
    expect(asNumber(second['started_after']) + asNumber(second['latency'])).toBeLessThanOrEqual(
      asNumber(data['generation_time']) + 2,
    )
    expect(data['route']).toMatchObject({
      requested: 'acme/fallback',
      endpoints: [
        { endpoint: 'acme/fallback@prov-a', called: true, excluded_by: null },
        { endpoint: 'acme/fallback@prov-b', called: true, excluded_by: null },
      ],
    })
    const left = at((await whole(ids[4]))['route'], 'endpoints')
    expect(left).toMatchObject([
      {
        provider: 'prov-a',
        called: false,
        excluded_by: { rule: expect.any(String), field: 'ignore', detail: expect.any(String) },
      },
      { provider: 'prov-b', called: true, excluded_by: null },
      { provider: 'prov-c', called: false, excluded_by: null },
    ])
  })

  test('has the time of a call that answered at once, which has no row of its own', async () => {
    expect(asNumber(at((await whole(ids[0]))['attempts'], 0, 'started_after'))).toBeGreaterThanOrEqual(0)
  })

  test('has each amount with its source, and they sum to the cost', async () => {
    const data = await whole(ids[0])
    const costs = data['costs']
    const amounts = Array.isArray(costs) ? costs.map(asObject) : []
    expect(amounts.map(({ part }) => part)).toEqual(['prompt', 'completion'])
    expect(amounts.every(({ source, borne_by }) => source === 'derived' && borne_by === 'account')).toBe(true)
    expect(amounts.reduce((sum, { amount }) => sum + asNumber(amount), 0)).toBeCloseTo(asNumber(data['cost']), 12)
  })

  test('has what was said only where that is logged', async () => {
    const data = await whole(ids[0])
    expect(data['content']).toEqual({ logged: false, input: null, output: null, error: null })
    expect(JSON.stringify(data)).not.toContain(secret)
    const logged = await eventually(async () => {
      const other = await whole(othersId, otherAdminKey)
      return at(other, 'content', 'input') === null ? null : other
    })
    expect(at(logged, 'content', 'input', 'messages', 0, 'content')).toBe(secret)
    expect(at(logged, 'content', 'output', 'completion')).toEqual(expect.any(String))
  })

  test('has the feedback on it, whose unknown fields have no effect', async () => {
    const sent = await send('/generation/feedback', {
      generation_id: ids[1],
      category: 'latency',
      comment: 'slow',
      foo: 1,
    })
    expect(sent.status).toBe(200)
    expect((await whole(ids[1]))['feedback']).toMatchObject([{ category: 'latency', comment: 'slow' }])
  })

  test('of another account, and one that is unknown, are not found', async () => {
    for (const path of [`/waygate/generations/${othersId}`, '/waygate/generations/gen-none']) {
      expect((await readJson(send(path))).status).toBe(404)
      expect((await readJson(send(`${path}/route`, {}))).status).toBe(404)
    }
  })
})

describe('another route', () => {
  const other = async (id: string | undefined, body: unknown): Promise<JsonObject> => {
    const { status, body: reply } = await readJson(send(`/waygate/generations/${id}/route`, body))
    expect({ status, error: reply['error'] }).toEqual({ status: 200, error: undefined })
    return asObject(reply['data'])
  }
  const order = (explanation: JsonObject): readonly unknown[] => {
    const { candidates } = explanation
    return Array.isArray(candidates)
      ? candidates.map(asObject).flatMap(({ place, provider }) => (place === null ? [] : [provider]))
      : []
  }

  test('is explained with other preferences, with the length of the generation', async () => {
    const before = gateway.simulator.journal().length
    const same = await other(ids[1], {})
    expect(order(same)).toEqual(['Prov B'])
    const tokens = asNumber((await whole(ids[1]))['tokens_prompt'])
    expect(asNumber(same['prompt_tokens'])).toBeGreaterThan(tokens / 3)
    expect(asNumber(same['prompt_tokens'])).toBeLessThan(tokens * 3)
    const preferring = await other(ids[0], { provider: { order: ['prov-c', 'prov-b'], allow_fallbacks: false } })
    expect(order(preferring)).toEqual(['Prov C', 'Prov B'])
    const capped = await other(ids[0], { provider: { max_price: { prompt: 1 } } })
    expect(order(capped)).toEqual(['Prov A'])
    expect(at(capped, 'candidates', 1, 'excluded_by', 'field')).toContain('max_price')
    expect((await other(ids[0], { models: ['acme/m2'] }))['models']).toEqual(['acme/m2'])
    expect(gateway.simulator.journal()).toHaveLength(before)
  })

  test('refuses what a chat would refuse', async () => {
    for (const body of [{ provider: { sort: 'colour' } }, { models: 'acme/m1' }, { route: 'x' }]) {
      expect((await readJson(send(`/waygate/generations/${ids[0]}/route`, body))).status).toBe(400)
    }
  })
})

describe('the stream', () => {
  test('has each generation of the account when it ends, and ends with its key', async () => {
    const key = 'sk-or-v1-test-management-key-that-goes'
    await gateway.reload({ keys: [...keys, { name: 'goes', key, management: true }], accounts })
    const reply = await send('/waygate/live', undefined, key)
    expect(reply.headers.get('content-type')).toBe('text/event-stream')
    const reader = (reply.body ?? new ReadableStream<Uint8Array<ArrayBuffer>>())
      .pipeThrough(new TextDecoderStream())
      .getReader()
    let text = ''
    const readUntil = async (wanted: string): Promise<void> => {
      while (!text.includes(wanted)) {
        const { done, value } = await reader.read()
        if (done) throw new Error(`The stream ended before ${wanted}: ${text}`)
        text += value
      }
    }
    await readUntil(': connected')
    await (await gateway.chat({}, { authorization: `Bearer ${otherKey}` })).text()
    const own = await gateway.chat({ user: 'live' })
    await own.text()
    await readUntil('"user":"live"')
    const events = text.split('\n\n').filter((event) => event.startsWith('event: generation\n'))
    expect(events).toHaveLength(1)
    expect(JSON.parse(events[0]?.split('data: ')[1] ?? '')).toMatchObject({ id: own.headers.get('x-generation-id') })
    await gateway.reload({ keys })
    for (;;) if ((await reader.read()).done) break
  })
})

test('inference keys and no key are refused', async () => {
  for (const path of ['/waygate/generations', `/waygate/generations/${ids[0]}`, '/waygate/live']) {
    expect((await readJson(send(path, undefined, testKey))).status).toBe(403)
    expect((await readJson(send(path, undefined, 'sk-or-v1-wrong'))).status).toBe(401)
  }
  expect((await readJson(send(`/waygate/generations/${ids[0]}/route`, {}, testKey))).status).toBe(403)
})
