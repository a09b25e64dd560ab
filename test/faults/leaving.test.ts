import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts'
import { openStorage, type Storage } from '../../src/storage/open-storage.ts'
import { startGateway, testKey, type TestGateway } from '../gateway.ts'
import { eventually } from './eventually.ts'

const limited = 'sk-or-v1-test-key-with-a-small-limit'
const poor = 'sk-or-v1-test-key-with-the-smallest-limit'
const silent = 'slow-first-token-60000'
const at = (provider: string, model: string) => ({
  endpoints: [{ provider, model, pricing: { prompt: 1, completion: 2 } }],
})

let directory: string
let simulator: Simulator
/** A server that accepts connections and reads nothing from them. */
let deaf: Server
const sockets: Socket[] = []
let gateway: TestGateway
let storage: Storage

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'waygate-leaving-'))
  const url = `sqlite:${join(directory, 'waygate.db')}`
  simulator = await startSimulator()
  deaf = createServer({ pauseOnConnect: true }, (socket) => {
    sockets.push(socket)
    socket.on('error', () => {})
  }).listen(0, '127.0.0.1')
  await once(deaf, 'listening')
  gateway = await startGateway({
    storage: { url },
    keys: [
      { name: 'test', key: testKey },
      { name: 'limited', key: limited, limit: 0.01 },
      { name: 'poor', key: poor, limit: 0.0002 },
    ],
    providers: {
      groq: { base_url: `${simulator.url}/groq/v1`, api_key: 'upstream-secret' },
      'prov-a': { base_url: `${simulator.url}/a/v1` },
      'prov-b': { base_url: `${simulator.url}/b/v1` },
      'prov-c': { base_url: `${simulator.url}/c/v1` },
      deaf: { base_url: `http://127.0.0.1:${Object(deaf.address()).port}/v1` },
    },
    models: {
      'runs-on/silent': at('groq', silent),
      'runs-on/slow': at('groq', 'tokens-500+pace-20'),
      'stops/silent': at('prov-a', silent),
      'stops/slow': at('prov-a', 'tokens-500+pace-20'),
      'deaf/model': at('deaf', 'm'),
    },
  })
  storage = await openStorage(url)
})
afterAll(async () => {
  await gateway.close()
  await simulator.close()
  for (const socket of sockets) socket.destroy()
  deaf.close()
  await storage.close()
  await rm(directory, { recursive: true })
})
beforeEach(() => simulator.clearJournal())

function leaving(model: string, content = 'abcd', key = testKey) {
  const controller = new AbortController()
  const response = fetch(`${gateway.url}/api/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content }], stream: true }),
    signal: controller.signal,
  })
  response.catch(() => {})
  return { response, leave: () => controller.abort() }
}

const lines = (): readonly Record<string, unknown>[] => gateway.log.map((line) => JSON.parse(line))
async function recorded(model: string) {
  const line = await eventually(() =>
    lines().findLast((found) => found['aborted'] === true && found['model'] === model),
  )
  const record = await eventually(() => storage.generations.find(String(line['generationId']), 'default'))
  return { line, record }
}

test.each([
  ['runs-on', true],
  ['stops', false],
])('what a provider that %s may bill beyond the charge is marked (%s)', async (name, mayBillMore) => {
  const before = leaving(`${name}/silent`)
  await eventually(() => simulator.journal()[0])
  before.leave()
  const { line, record } = await recorded(`${name}/silent`)
  expect(record).toMatchObject({ promptTokens: 5, completionTokens: 0, cost: 5_000, costProvenance: 'estimated' })
  expect(record.attempts).toMatchObject([{ cost: 5_000, mayBillMore }])
  expect(line['mayBillMore'] ?? false).toBe(mayBillMore)

  simulator.clearJournal()
  const amid = leaving(`${name}/slow`)
  const reader = (await amid.response).body?.getReader()
  while ((simulator.journal()[0]?.chunksSent ?? 0) < 5) await reader?.read()
  amid.leave()
  const { record: begun } = await recorded(`${name}/slow`)
  expect(begun.cost).toBeGreaterThan(5_000)
  expect(begun.attempts).toMatchObject([{ cost: begun.cost, mayBillMore }])
})

test('what a provider that runs on may bill beyond the limit that ended its stream is marked', async () => {
  const reply = await gateway.chat({ model: 'runs-on/slow', stream: true }, { authorization: `Bearer ${poor}` })
  expect(await reply.text()).toContain('Key limit exceeded')
  const id = reply.headers.get('x-generation-id') ?? ''
  const record = await eventually(() => storage.generations.find(id, 'default'))
  expect(record).toMatchObject({ cancelled: false, status: 403, attempts: [{ status: 200, mayBillMore: true }] })
  expect(record.cost).toBeGreaterThan(50_000)
  expect(record.cost).toBeLessThanOrEqual(200_000)
})

test('a request that was not written in full is not charged', async () => {
  const { leave } = leaving('deaf/model', 'a'.repeat(30_000_000))
  await eventually(() => sockets[0])
  // By now the buffers of the system are full, and the rest will never be written.
  await new Promise((resolve) => setTimeout(resolve, 200))
  leave()
  const { record } = await recorded('deaf/model')
  expect(record).toMatchObject({ cancelled: true, cost: 0, costProvenance: 'none' })
  expect(record.attempts).toMatchObject([{ cost: 0, mayBillMore: false }])
})

test('a long request that was written in full is charged', async () => {
  const words = 600_000
  const { leave } = leaving('stops/silent', 'word '.repeat(words))
  await eventually(() => simulator.journal()[0])
  leave()
  const { record } = await eventually(async () => {
    const found = await recorded('stops/silent')
    return Math.abs((found.record.promptTokens ?? 0) - words) < words / 20 ? found : null
  })
  expect(record.cost).toBe((record.promptTokens ?? 0) * 1_000)
})

test('leaving counts against the limit of the key', async () => {
  const headers = { authorization: `Bearer ${limited}` }
  const { leave } = leaving('runs-on/silent', 'word '.repeat(7_000), limited)
  await eventually(() => simulator.journal()[0])
  leave()
  await eventually(async () => {
    const { data } = Object(await (await gateway.get('/api/v1/key', headers)).json())
    return data.usage > 0.006 ? true : null
  })
  expect((await gateway.chat({ max_tokens: 2_000 }, headers)).status).toBe(403)
  expect((await gateway.chat({ max_tokens: 1_000 }, headers)).status).toBe(200)
})
