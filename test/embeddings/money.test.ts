import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { vectorOf } from '../../src/simulator/protocols/embeddings/vector.ts'
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts'
import { openStorage, type Storage } from '../../src/storage/open-storage.ts'
import { eventually } from '../faults/eventually.ts'
import { startGateway, type TestGateway, testKey } from '../gateway.ts'
import { useVirtualTime } from '../virtual-time.ts'

/* What batches and rankings cost, whom they are charged to, and what happens when an upstream or a client fails. */

const limited = 'sk-or-v1-test-key-with-a-limit-of-a-dollar'
const adminKey = 'sk-or-v1-test-management-key-of-the-default-account'
const owner = { authorization: 'Bearer sk-or-v1-test-key-of-an-account-with-keys-of-its-own' }
const ownerAdmin = { authorization: 'Bearer sk-or-v1-test-management-key-of-an-account-with-keys-of-its-own' }

const at = (provider: string, model: string, more: object = {}) => ({
  provider,
  model,
  operations: ['embeddings'],
  pricing: { prompt: 0.02 },
  ...more,
})

useVirtualTime()

let directory: string
let storage: Storage
let simulator: Simulator
let gateway: TestGateway
let upstream: PartialUpstream
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'waygate-embeddings-'))
  const url = `sqlite:${join(directory, 'waygate.db')}`
  simulator = await startSimulator()
  upstream = await startPartialUpstream()
  const simulated = (slug: string) => ({
    name: `Prov ${slug}`,
    base_url: `${simulator.url}/${slug}/v1`,
    api_key: `key-of-${slug}`,
  })
  gateway = await startGateway({
    storage: { url },
    keys: [
      { name: 'test', key: testKey },
      { name: 'limited', key: limited, limit: 1 },
      { name: 'admin', key: adminKey, management: true },
      { name: 'owner', key: owner.authorization.slice('Bearer '.length), account: 'owner' },
      {
        name: 'owner-admin',
        key: ownerAdmin.authorization.slice('Bearer '.length),
        account: 'owner',
        management: true,
      },
    ],
    // The first endpoint gets half of it.
    timeouts: { total_ms: 4_000 },
    providers: {
      ...Object.fromEntries(['A', 'B', 'C'].map((letter) => [`prov-${letter.toLowerCase()}`, simulated(letter)])),
      partial: { base_url: upstream.url, api_key: 'k' },
    },
    models: {
      'acme/embed': { endpoints: [at('prov-a', 'steady', { max_inputs: 3 })] },
      // A word is a token, and costs a tenth of a cent.
      'acme/dear': { endpoints: [at('prov-a', 'steady', { max_inputs: 2, pricing: { prompt: 1_000 } })] },
      'acme/part-fails': { endpoints: [at('partial', 'up', { max_inputs: 1 }), at('prov-b', 'steady')] },
      'acme/blackhole': { endpoints: [at('prov-a', 'blackhole', { max_inputs: 2 }), at('prov-b', 'steady')] },
      'acme/reset': { endpoints: [at('prov-a', 'reset', { max_inputs: 2 }), at('prov-b', 'steady')] },
      'acme/silent': { endpoints: [at('prov-a', 'slow-first-token-60000', { max_inputs: 1 })] },
      'acme/all-fail': { endpoints: [at('prov-a', 'reset'), at('prov-b', 'status-503')] },
      'acme/rank': {
        endpoints: [{ provider: 'prov-a', model: 'steady', operations: ['rerank'], pricing: { prompt: 0.05 } }],
      },
      'acme/rank-blackhole': {
        endpoints: ['blackhole', 'steady'].map((model, index) => ({
          provider: `prov-${'ab'[index]}`,
          model,
          operations: ['rerank'],
          pricing: { prompt: 0.05 },
        })),
      },
    },
  })
  storage = await openStorage(url)
})
afterAll(async () => {
  await gateway.close()
  await storage.close()
  await upstream.close()
  await simulator.close()
  await rm(directory, { recursive: true })
})
beforeEach(() => simulator.clearJournal())

type Json = ReturnType<typeof JSON.parse>
const read = async (reply: Promise<Response>): Promise<Json> => JSON.parse(await (await reply).text())
const embed = (body: object, headers: Readonly<Record<string, string>> = {}) =>
  gateway.post('/api/v1/embeddings', { model: 'acme/embed', input: 'one two', ...body }, headers)
const rank = (body: object = {}, headers: Readonly<Record<string, string>> = {}) =>
  gateway.post(
    '/api/v1/rerank',
    { model: 'acme/rank', query: 'river', documents: ['Bread.', 'A river.'], ...body },
    headers,
  )
const vectors = (reply: Json) => reply.data.map(({ embedding }: Json) => embedding)
const texts = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `text ${index}`)
const expected = (inputs: readonly string[]) => inputs.map((text) => vectorOf(text, 16))
const recordOf = (id: string) => eventually(() => storage.generations.find(id, 'default'))

describe('limits', () => {
  test('200 batches at once with a key of 1 USD spend no more than that, and the books say the same', async () => {
    // Each batch has 10 words in 4 inputs and becomes two calls: one cent. All together would be 2 USD.
    const input = ['one two three', 'four five', 'six seven eight', 'nine ten']
    const replies = await Promise.all(
      Array.from({ length: 200 }, async () => {
        const reply = await embed({ model: 'acme/dear', input }, { authorization: `Bearer ${limited}` })
        return { status: reply.status, body: JSON.parse(await reply.text()) }
      }),
    )
    const served = replies.filter(({ status }) => status === 200)
    const refused = replies.filter(({ status }) => status === 403)
    expect(served.length + refused.length).toBe(200)
    expect(served.length).toBeGreaterThan(0)
    const spent = served.reduce((sum, { body }) => sum + body.usage.cost, 0)
    expect(spent).toBeCloseTo(served.length * 0.01, 9)
    expect(spent).toBeLessThanOrEqual(1)
    // Nothing is called for a batch that is refused.
    expect(simulator.journal()).toHaveLength(served.length * 2)
    const { data } = await read(gateway.get('/api/v1/key', { authorization: `Bearer ${limited}` }))
    expect(data.usage).toBeCloseTo(spent, 9)
    expect(data.limit_remaining).toBeGreaterThanOrEqual(0)
  })
})

describe('contract §6.17: keys that an account brings', () => {
  beforeAll(async () => {
    const body = { provider: 'prov-a', key: 'key-of-a-client-7788' }
    expect((await gateway.post('/api/v1/byok', body, ownerAdmin)).status).toBe(201)
  })

  test('every part of a batch is called with it, and costs nothing here', async () => {
    const { usage, id } = await read(embed({ input: texts(7) }, owner))
    expect(simulator.journal()).toHaveLength(3)
    for (const { headers } of simulator.journal()) expect(headers.authorization).toMatch(/7788$/)
    // 14 words at 0.02 USD per million.
    expect(usage).toMatchObject({ cost: 0, is_byok: true, cost_details: { upstream_inference_cost: 2.8e-7 } })
    const { data } = await read(gateway.get(`/api/v1/generation?id=${id}`, owner))
    expect(data).toMatchObject({ is_byok: true, total_cost: 0, upstream_inference_cost: 2.8e-7 })
  })

  test('a ranking is called with it too', async () => {
    expect((await read(rank({}, owner))).usage).toMatchObject({ cost: 0, is_byok: true })
    expect(simulator.journal()[0]?.headers.authorization).toMatch(/7788$/)
  })

  test('other accounts use the operator’s key', async () => {
    expect((await read(embed({}))).usage).toMatchObject({ cost: 4e-8, is_byok: false })
    expect(simulator.journal()[0]?.headers.authorization).not.toMatch(/7788$/)
  })
})

test.each([
  ['/embeddings', embed, { input: texts(4) }],
  ['/rerank', rank, {}],
] as const)('contract §6.13: %s is answered from the response cache, where that is asked for', async (_, ask, body) => {
  const on = { 'x-openrouter-cache': 'true' }
  const first = await ask(body, on)
  const miss = await read(Promise.resolve(first))
  const second = await ask(body, on)
  const hit = await read(Promise.resolve(second))
  const statuses = [first, second].map(({ headers }) => headers.get('x-openrouter-cache-status'))
  expect(statuses).toEqual(['MISS', 'HIT'])
  expect(hit.data ?? hit.results).toEqual(miss.data ?? miss.results)
  expect(hit.id).not.toBe(miss.id)
  expect(hit.usage).toMatchObject({ cost: 0 })
  expect(simulator.journal().length).toBe(miss.data === undefined ? 1 : 2)
})

describe('upstreams that fail', () => {
  test.each(['acme/blackhole', 'acme/reset'])('%s: the whole batch goes to the next endpoint', async (model) => {
    const input = texts(5)
    const reply = await read(embed({ model, input }))
    expect(reply).toMatchObject({ provider: 'Prov B', usage: { prompt_tokens: 10, cost: 2e-7 } })
    expect(vectors(reply)).toEqual(expected(input))
  })

  test('a ranking goes to the next endpoint as well', async () => {
    expect(await read(rank({ model: 'acme/rank-blackhole' }))).toMatchObject({ provider: 'Prov B' })
  })

  test('where all fail the client is told so, and nothing is charged', async () => {
    const reply = await embed({ model: 'acme/all-fail' })
    expect(reply.status).toBeGreaterThanOrEqual(500)
    const record = await recordOf(reply.headers.get('x-generation-id') ?? '')
    expect(record.cost).toBe(0)
  })

  test('the parts that answered before one failed are in the record of the failed attempt, and are not charged', async () => {
    const input = ['one two', 'three four', 'five six', 'bad', 'nine', 'ten', 'eleven']
    const reply = await read(embed({ model: 'acme/part-fails', input }))
    expect(reply).toMatchObject({ provider: 'Prov B', usage: { prompt_tokens: 10, cost: 2e-7 } })
    expect(vectors(reply)).toEqual(expected(input))
    const record = await recordOf(reply.id)
    expect(record.cost).toBe(200)
    // Three parts of 1,000 tokens each at 0.02 USD per million, in nano-USD.
    expect(record.attempts).toMatchObject([
      { provider: 'partial', status: 503, cost: 60_000 },
      { provider: 'prov-b', status: 200, cost: 200 },
    ])
    // The calls that were under way are ended.
    expect(await eventually(() => (upstream.abandoned() === 3 ? true : null))).toBe(true)
  })
})

test('a client that leaves: its calls are ended, no further part is called, and what was sent is charged by estimate', async () => {
  const controller = new AbortController()
  const leaving = fetch(`${gateway.url}/api/v1/embeddings`, {
    method: 'POST',
    headers: { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'acme/silent', input: texts(8) }),
    signal: controller.signal,
  })
  leaving.catch(() => {})
  await eventually(() => simulator.journal()[3])
  controller.abort()
  await eventually(() => (simulator.journal().every(({ closedAt }) => closedAt !== null) ? true : null))
  expect(simulator.journal()).toMatchObject(Array.from({ length: 4 }, () => ({ closedBy: 'client', bytesSent: 0 })))
  const { generationId } = await eventually(() =>
    gateway.log.map((line): Json => JSON.parse(line)).findLast(({ aborted }) => aborted === true),
  )
  const record = await recordOf(generationId)
  expect(record).toMatchObject({ cancelled: true, costProvenance: 'estimated', provider: 'prov-a' })
  expect(record.cost).toBeGreaterThan(0)
  // 16 words at 0.02 USD per million: never more than the whole batch.
  expect(record.cost).toBeLessThanOrEqual(320)
  expect(record.attempts).toMatchObject([{ mayBillMore: true }])
})

/** The last test of the file, since it goes on to the next day: `/activity` shows the days that are over. */
test('contract row 64: batches and rankings are in /activity', async () => {
  const batch = await read(embed({ input: texts(7), model: 'acme/embed' }))
  const ranking = await read(rank())
  await recordOf(batch.id)
  await recordOf(ranking.id)
  vi.setSystemTime(Date.now() + 86_400_000)
  const { data } = await read(gateway.get('/api/v1/activity', { authorization: `Bearer ${adminKey}` }))
  const rowOf = (model: string) => data.find((row: Json) => row.model === model)
  expect(rowOf('acme/rank')).toMatchObject({ completion_tokens: 0, byok_usage_inference: 0 })
  expect(rowOf('acme/rank').usage).toBeGreaterThanOrEqual(ranking.usage.cost)
  // One request each, however many calls it became.
  expect(rowOf('acme/part-fails')).toMatchObject({ requests: 1, prompt_tokens: 10, completion_tokens: 0, usage: 2e-7 })
  expect(rowOf('acme/embed').usage).toBeGreaterThanOrEqual(batch.usage.cost)
})

interface PartialUpstream {
  readonly url: string
  /** How many calls were ended before they were answered. */
  abandoned(): number
  close(): Promise<void>
}

const answered = new Set(['one two', 'three four', 'five six'])

/** Answers three parts at once, keeps three waiting, and fails the one that is "bad" when all seven have been asked. */
async function startPartialUpstream(): Promise<PartialUpstream> {
  let asked = 0
  let abandoned = 0
  let bad: ServerResponse | undefined
  const server: Server = createServer(async (request, response) => {
    let text = ''
    for await (const piece of request.setEncoding('utf8')) text += piece
    const [input = ''] = JSON.parse(text).input
    asked++
    response.once('close', () => {
      if (!response.writableFinished) abandoned++
    })
    if (input === 'bad') bad = response
    else if (answered.has(input)) {
      const usage = { prompt_tokens: 1_000, total_tokens: 1_000 }
      const data = [{ object: 'embedding', index: 0, embedding: [0.5, 0.5] }]
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ object: 'list', data, usage }))
    }
    if (asked < 7) return
    bad?.writeHead(503, { 'content-type': 'application/json' }).end(JSON.stringify({ error: { message: 'busy' } }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/v1`,
    abandoned: () => abandoned,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
