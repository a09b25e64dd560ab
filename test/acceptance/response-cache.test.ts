import { afterEach, expect, test } from 'vitest'
import { behaving, otherKey, startGateway, type TestGateway, testKey } from '../gateway.ts'
import { readStream } from '../sse.ts'

let gateway: TestGateway
afterEach(() => gateway.close())

const on = { 'x-openrouter-cache': 'true', 'x-openrouter-metadata': 'enabled' }
const statusOf = (response: Response) => response.headers.get('x-openrouter-cache-status')
const calls = () => gateway.simulator.journal().length
const bodyOf = async (response: Response) => JSON.parse(await response.text())

test('contract row 70: MISS and then HIT, with a new id, no usage, no cost, no metadata and no call', async () => {
  gateway = await startGateway({ models: { 'acme/m1': behaving('steady+usage-100-10') } })
  const miss = await gateway.chat({}, on)
  expect(statusOf(miss)).toBe('MISS')
  expect(miss.headers.get('x-openrouter-cache-ttl')).toBe('300')
  const first = await bodyOf(miss)
  const hit = await gateway.chat({}, on)
  expect(statusOf(hit)).toBe('HIT')
  expect(hit.headers.get('x-openrouter-cache-source-id')).toBe(first.id)
  expect(Number(hit.headers.get('x-openrouter-cache-age'))).toBeLessThan(60)
  expect(Number(hit.headers.get('x-openrouter-cache-ttl'))).toBeGreaterThan(240)
  const second = await bodyOf(hit)
  expect(second.id).not.toBe(first.id)
  expect(hit.headers.get('x-generation-id')).toBe(second.id)
  expect(second.choices).toEqual(first.choices)
  expect(second).toMatchObject({ model: 'acme/m1', provider: 'Prov A' })
  expect(second.usage).toMatchObject({ prompt_tokens: 0, completion_tokens: 0, total_tokens: 0, cost: 0 })
  expect(first.openrouter_metadata).toBeDefined()
  expect(second.openrouter_metadata).toBeUndefined()
  expect(calls()).toBe(1)

  const { data } = await bodyOf(await gateway.get(`/api/v1/generation?id=${second.id}`))
  expect(data).toMatchObject({ total_cost: 0, response_cache_source_id: first.id, model: 'acme/m1' })
  expect(data.latency).toBeGreaterThanOrEqual(0)
  expect(data.latency).toBeLessThanOrEqual(data.generation_time)
})

test('contract row 70: reordered keys and another key are a MISS, white space is not', async () => {
  gateway = await startGateway()
  const messages = [{ role: 'user', content: 'hi' }]
  const path = '/api/v1/chat/completions'
  const ask = (body: string, headers = {}) => gateway.post(path, body, { ...on, ...headers })
  const status = async (body: string, headers = {}) => {
    const response = await ask(body, headers)
    await response.text()
    return statusOf(response)
  }
  const body = JSON.stringify({ model: 'acme/m1', messages, temperature: 1 })
  expect(await status(body)).toBe('MISS')
  expect(await status(body)).toBe('HIT')
  expect(await status(JSON.stringify(JSON.parse(body), null, 2))).toBe('HIT')
  expect(await status(JSON.stringify({ temperature: 1, model: 'acme/m1', messages }))).toBe('MISS')
  expect(await status(body, { authorization: `Bearer ${otherKey}` })).toBe('MISS')
  expect(await status(JSON.stringify({ ...JSON.parse(body), stream: true }))).toBe('MISS')
})

test('a stream is replayed as a stream', async () => {
  gateway = await startGateway()
  const first = await readStream(await gateway.chat({ stream: true }, on))
  const response = await gateway.chat({ stream: true }, on)
  expect(statusOf(response)).toBe('HIT')
  const second = await readStream(response)
  expect(second.done).toBe(true)
  expect(second.text).toBe(first.text)
  expect(second.chunks.at(-1)?.usage).toMatchObject({ total_tokens: 0, cost: 0 })
  expect(calls()).toBe(1)
})

test('errors and broken answers are not kept', async () => {
  gateway = await startGateway({ models: { 'acme/m1': behaving('first-1-cut-after-2') } })
  await (await gateway.chat({ stream: true }, on)).text()
  const again = await gateway.chat({ stream: true }, on)
  expect(statusOf(again)).toBe('MISS')
  expect((await readStream(again)).chunks.some(({ error }) => error !== undefined)).toBe(false)
})

test.each([
  ['60abc', '60'],
  ['1.5', '1'],
  ['0', '1'],
  ['999999999', '86400'],
  ['soon', '300'],
])('the time to live "%s" is %s seconds', async (given, seconds) => {
  gateway = await startGateway()
  const response = await gateway.chat({}, { ...on, 'x-openrouter-cache-ttl': given })
  expect(response.headers.get('x-openrouter-cache-ttl')).toBe(seconds)
})

test('X-OpenRouter-Cache-Clear asks anew and keeps the new answer', async () => {
  gateway = await startGateway()
  await (await gateway.chat({}, on)).text()
  const cleared = await gateway.chat({}, { ...on, 'x-openrouter-cache-clear': 'true' })
  expect(statusOf(cleared)).toBe('MISS')
  const { id } = await bodyOf(cleared)
  const hit = await gateway.chat({}, on)
  expect(hit.headers.get('x-openrouter-cache-source-id')).toBe(id)
  expect(calls()).toBe(2)
})

test('without the header nothing is kept and nothing is said', async () => {
  gateway = await startGateway()
  const response = await gateway.chat({})
  await response.text()
  expect(statusOf(response)).toBeNull()
  expect(statusOf(await gateway.chat({}, on))).toBe('MISS')
})

test('a key that has spent its limit is still answered from the cache, since that costs nothing', async () => {
  gateway = await startGateway({
    keys: [{ name: 'test', key: testKey, limit: 0.00005 }],
    models: { 'acme/m1': behaving('steady+usage-100-10') },
  })
  // It holds less than the limit, and is charged more: the provider counts 100 tokens.
  const brief = { max_tokens: 4 }
  expect((await gateway.chat(brief, on)).status).toBe(200)
  expect((await gateway.chat(brief)).status).toBe(403)
  const hit = await gateway.chat(brief, on)
  expect([hit.status, statusOf(hit)]).toEqual([200, 'HIT'])
})

test('the oldest answers make room', async () => {
  gateway = await startGateway({ limits: { response_cache_mb: 0.01 } })
  const ask = async (content: string) => {
    const response = await gateway.chat({ messages: [{ role: 'user', content }] }, on)
    await response.text()
    return statusOf(response)
  }
  for (let count = 0; count < 20; count++) await ask(`question ${count}`)
  expect(await ask('question 19')).toBe('HIT')
  expect(await ask('question 0')).toBe('MISS')
})
