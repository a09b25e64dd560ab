import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { GenerationRecord } from '../../src/canonical/generation-record.ts'
import { toRecordText } from '../../src/canonical/record-text.ts'
import { openStorage, type Storage } from '../../src/storage/open-storage.ts'
import { markApiKey } from '../../src/util/api-key.ts'
import { generationRecord } from '../contract/generation-record.ts'
import { eventually } from '../faults/eventually.ts'
import { behaving, otherKey, startGateway, type TestGateway, testKey } from '../gateway.ts'
import { asText, at, readJson, refusal } from './exchange.ts'

const adminKey = 'sk-or-v1-test-management-key-of-the-default-account'
const otherAdminKey = 'sk-or-v1-test-management-key-of-another-account'
const dayMs = 86_400_000
const today = Date.now() - (Date.now() % dayMs)
const dateOf = (daysAgo: number): string => new Date(today - daysAgo * dayMs).toISOString().slice(0, 10)

let directory: string
let gateway: TestGateway
let books: Storage
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'waygate-accounts-'))
  const url = `sqlite:${join(directory, 'waygate.db')}`
  books = await openStorage(url)
  gateway = await startGateway({
    storage: { url },
    keys: [
      { name: 'test', key: testKey },
      { name: 'admin', key: adminKey, management: true },
      { name: 'other', key: otherKey, account: 'other' },
      { name: 'other admin', key: otherAdminKey, account: 'other', management: true },
    ],
    models: { 'acme/priced': behaving('usage-1000-500') },
  })
})
afterAll(async () => {
  await gateway.close()
  await books.close()
  await rm(directory, { recursive: true })
})

const manage = (method: string, path: string, body?: unknown, key = adminKey): Promise<Response> =>
  fetch(`${gateway.url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
const data = async (path: string, key = adminKey): Promise<unknown> =>
  (await readJson(manage('GET', path, undefined, key))).body['data']
const ask = (key = testKey): Promise<Response> =>
  gateway.chat({ model: 'acme/priced', max_tokens: 500 }, { authorization: `Bearer ${key}` })

describe('credits', () => {
  test('an account without credits shows none, and what it has spent', async () => {
    expect(await data('/credits')).toEqual({ total_credits: 0, total_usage: 0 })
    expect((await ask()).status).toBe(200)
    expect(await data('/credits')).toEqual({ total_credits: 0, total_usage: 0.002 })
    expect(await data('/credits', otherAdminKey)).toEqual({ total_credits: 0, total_usage: 0 })
  })

  test('what is added counts at once, for its account alone, and runs out', async () => {
    const added = await readJson(manage('POST', '/waygate/credits', { amount: 0.005, note: 'November' }))
    expect(added).toMatchObject({
      status: 201,
      body: { data: { id: expect.stringMatching(/^credit-/), amount: 0.005, note: 'November' } },
    })
    // What was spent before the first credits is not taken from them.
    expect(await data('/credits')).toEqual({ total_credits: 0.005, total_usage: 0 })
    expect(await data('/credits', otherAdminKey)).toEqual({ total_credits: 0, total_usage: 0 })
    expect([(await ask()).status, (await ask()).status]).toEqual([200, 200])
    expect(await data('/credits')).toEqual({ total_credits: 0.005, total_usage: 0.004 })
    expect((await refusal(ask(), 402))['message']).toContain('credits')
    expect((await ask(otherKey)).status).toBe(200)

    expect((await manage('POST', '/waygate/credits', { amount: 1 })).status).toBe(201)
    expect((await ask()).status).toBe(200)
    expect((await manage('POST', '/waygate/credits', { amount: -1.004 })).status).toBe(201)
    expect(await data('/credits')).toEqual({ total_credits: 0.001, total_usage: 0.006 })
    await refusal(ask(), 402)
    expect((await books.credits.list()).map(({ account, amount }) => [account, amount])).toEqual([
      ['default', 5_000_000],
      ['default', 1_000_000_000],
      ['default', -1_004_000_000],
    ])
  })

  test('an account whose credits were all taken back may spend nothing, one that never had any may spend without a limit', async () => {
    expect(await data('/waygate/credits', otherAdminKey)).toEqual({ total: 0, spent: 0.002, remaining: null })
    expect((await manage('POST', '/waygate/credits', { amount: 25 }, otherAdminKey)).status).toBe(201)
    expect(await data('/waygate/credits', otherAdminKey)).toEqual({ total: 25, spent: 0, remaining: 25 })
    expect((await ask(otherKey)).status).toBe(200)
    expect(await data('/waygate/credits', otherAdminKey)).toEqual({ total: 25, spent: 0.002, remaining: 24.998 })
    expect((await manage('POST', '/waygate/credits', { amount: -25 }, otherAdminKey)).status).toBe(201)
    // OpenRouter's reply is the same as that of an account which never had credits and spent as much.
    expect(await data('/credits', otherAdminKey)).toEqual({ total_credits: 0, total_usage: 0.002 })
    expect(await data('/waygate/credits', otherAdminKey)).toEqual({ total: 0, spent: 0.002, remaining: -0.002 })
    await refusal(ask(otherKey), 402)
  })

  test.each([
    [{}, 'amount'],
    [{ amount: 0 }, 'amount'],
    [{ amount: '5' }, 'amount'],
    [{ amount: 2_000_000 }, 'amount'],
    [{ amount: 1e-10 }, 'amount'],
    [{ amount: 1, note: '' }, 'note'],
    [{ amount: 1, account: 'other' }, 'account'],
  ])('%j is refused', async (body, field) => {
    const error = await refusal(manage('POST', '/waygate/credits', body), 400)
    expect(at(error, 'metadata', 'issues', 0, 'path')).toBe(field)
  })
})

describe('activity', () => {
  const keyHash = markApiKey(testKey).hash
  const deleted = 'd'.repeat(64)
  beforeAll(async () => {
    const record = (id: string, daysAgo: number, more: Partial<GenerationRecord>) =>
      toRecordText(generationRecord({ createdAt: today - daysAgo * dayMs + 1000, keyHash, ...more, id }))
    const counted = { promptTokens: 100, completionTokens: 50, reasoningTokens: 7, cachedTokens: 3 }
    const a = { ...counted, model: 'acme/m1', provider: 'prov-a', endpoint: 'acme/m1@prov-a', cost: 1_000_000 }
    await books.generations.write([
      record('gen-a1', 1, a),
      record('gen-a2', 1, { ...a, keyHash: deleted }),
      record('gen-a3', 1, { ...a, model: 'acme/m2', provider: 'gone', endpoint: 'acme/m2@gone' }),
      record('gen-a4', 30, a),
      record('gen-a5', 31, a),
      record('gen-a6', 0, a),
      record('gen-a7', 1, { ...a, account: 'other', keyHash: markApiKey(otherKey).hash }),
    ])
  })

  const row = (daysAgo: number, requests: number, more: object = {}) => ({
    date: dateOf(daysAgo),
    model: 'acme/m1',
    model_permaslug: 'acme/m1',
    endpoint_id: 'acme/m1@prov-a',
    provider_name: 'Prov A',
    usage: requests * 0.001,
    byok_usage_inference: 0,
    requests,
    prompt_tokens: requests * 100,
    completion_tokens: requests * 50,
    reasoning_tokens: requests * 7,
    cached_tokens: requests * 3,
    ...more,
  })
  const m2 = { model: 'acme/m2', model_permaslug: 'acme/m2', endpoint_id: 'acme/m2@gone', provider_name: 'gone' }

  test('lists the last 30 complete days, newest first, by model and endpoint', async () => {
    expect(await data('/activity')).toEqual([row(1, 2), row(1, 1, m2), row(30, 1)])
    expect(await data('/activity', otherAdminKey)).toEqual([row(1, 1)])
  })

  test('can be limited to a day and to a key, also to one that was deleted', async () => {
    expect(await data(`/activity?date=${dateOf(30)}`)).toEqual([row(30, 1)])
    expect(await data(`/activity?date=${dateOf(2)}`)).toEqual([])
    expect(await data(`/activity?api_key_hash=${keyHash}`)).toEqual([row(1, 1), row(1, 1, m2), row(30, 1)])
    expect(await data(`/activity?api_key_hash=${deleted}&date=${dateOf(1)}`)).toEqual([row(1, 1)])
    const grouped = await data(`/activity?group_by=workspace&workspace_id=default&date=${dateOf(30)}`)
    expect(grouped).toEqual([row(30, 1, { workspace_id: 'default' })])
  })

  test('contract row 60: a key of another account is not there', async () => {
    await refusal(manage('GET', `/activity?api_key_hash=${markApiKey(otherKey).hash}`), 404)
    await refusal(manage('GET', `/activity?api_key_hash=${'e'.repeat(64)}`), 404)
    await refusal(manage('GET', '/activity?workspace_id=other'), 404)
  })

  test.each([
    `date=${dateOf(0)}`,
    `date=${dateOf(31)}`,
    'date=2026-02-30',
    'date=yesterday',
    'api_key_hash=abc',
    'group_by=model',
    'user_id=member-1',
  ])('%s is refused', async (query) => {
    const [name] = query.split('=')
    expect((await refusal(manage('GET', `/activity?${query}`), 400))['message']).toContain(`query parameter ${name}`)
  })
})

describe('feedback on a generation', () => {
  test('is kept, once a category', async () => {
    const reply = await ask(otherKey)
    const id = asText(reply.headers.get('x-generation-id'))
    const send = (body: object, key = otherAdminKey) =>
      manage('POST', '/generation/feedback', { generation_id: id, ...body }, key)
    for (const body of [
      { category: 'latency', comment: 'x'.repeat(1000) },
      { category: 'other', comment: null },
      { category: 'latency', comment: 'It took a minute.' },
    ]) {
      expect(await readJson(send(body))).toMatchObject({ status: 200, body: { data: { success: true } } })
    }
    const kept = await books.feedback.list(id, 'other')
    expect(kept.map(({ category, comment }) => ({ category, comment }))).toEqual(
      expect.arrayContaining([
        { category: 'latency', comment: 'It took a minute.' },
        { category: 'other', comment: null },
      ]),
    )
    expect(kept).toHaveLength(2)

    // Contract row 60: of another account.
    await refusal(send({ category: 'latency' }, adminKey), 404)
    await refusal(send({ generation_id: 'gen-1-nothing', category: 'latency' }), 404)
    expect(await books.feedback.list(id, 'other')).toHaveLength(2)

    for (const [body, field] of [
      [{ category: 'taste' }, 'category'],
      [{}, 'category'],
      [{ category: 'latency', comment: 'x'.repeat(1001) }, 'comment'],
      [{ category: 'latency', generation_id: '' }, 'generation_id'],
    ] as const) {
      const error = await refusal(send(body), 400)
      expect(at(error, 'metadata', 'issues', 0, 'path')).toBe(field)
    }
  })
})

describe('contract row 60: what an account owns is a 404 for another', () => {
  test('a generation', async () => {
    const id = asText((await ask(otherKey)).headers.get('x-generation-id'))
    await eventually(async () => ((await manage('GET', `/generation?id=${id}`, undefined, otherKey)).ok ? true : null))
    await refusal(manage('GET', `/generation?id=${id}`, undefined, testKey), 404)
  })
})
