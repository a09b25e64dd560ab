import { connect } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { useVirtualTime } from '../../test/virtual-time.ts'
import { at, sendRequest, post, streamedText, until } from './test-client.ts'
import { simulatedText } from './simulated-text.ts'
import { startSimulator, type Simulator } from './simulator.ts'

useVirtualTime()

let simulator: Simulator
beforeAll(async () => {
  simulator = await startSimulator()
})
afterAll(() => simulator.close())
beforeEach(() => {
  simulator.setBehaviour(null)
  simulator.clearJournal()
})

const chat = (model: string, extra: object = {}) => ({ model, messages: [{ role: 'user', content: 'hi' }], ...extra })
const chatUrl = (): string => `${simulator.url}/v1/chat/completions`
const control = (body: object) => post(`${simulator.url}/_behaviour`, body)
const statusOf = async (model: string) => (await post(chatUrl(), chat(model))).status

test('any base URL works: the path may begin with anything', async () => {
  for (const path of ['/chat/completions', '/v1/chat/completions', '/prov-a/v1/chat/completions?x=1']) {
    expect((await post(simulator.url + path, chat('m1'))).status).toBe(200)
  }
  expect(simulator.journal().map(({ path }) => path)).toEqual([
    '/chat/completions',
    '/v1/chat/completions',
    '/prov-a/v1/chat/completions?x=1',
  ])
  expect((await post(`${simulator.url}/v1/nothing`, {})).status).toBe(404)
})

test('lists its models', async () => {
  const { text, status } = await sendRequest(`${simulator.url}/prov-b/v1/models`, null, 'GET').reply
  expect(status).toBe(200)
  expect(at(JSON.parse(text), 'object')).toBe('list')
  expect(text).toContain('"id":"steady"')
})

test('the journal records what arrived and what was sent, without the credential', async () => {
  const headers = {
    authorization: 'Bearer sk-secret-credential-1234',
    'x-api-key': 'another-secret-5678',
    'x-kept': 'yes',
  }
  const { text } = await sendRequest(chatUrl(), chat('tokens-3', { stream: true }), 'POST', headers).reply
  const [entry] = simulator.journal()
  expect(entry).toMatchObject({
    method: 'POST',
    path: '/v1/chat/completions',
    body: chat('tokens-3', { stream: true }),
    behaviour: 'tokens-3',
    status: 200,
    chunksSent: 3,
    bytesSent: text.length,
    closedBy: 'server',
  })
  expect(entry?.headers).toMatchObject({ authorization: '****1234', 'x-api-key': '****5678', 'x-kept': 'yes' })
  expect(Date.parse(entry?.closedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(entry?.at ?? ''))
  const overHttp = await sendRequest(`${simulator.url}/_journal`, null, 'GET').reply
  expect(JSON.parse(overHttp.text)).toEqual(simulator.journal())
  expect(overHttp.text).not.toContain('secret')
  await sendRequest(`${simulator.url}/_journal`, null, 'DELETE').reply
  expect(simulator.journal()).toEqual([])
})

test('a quiet simulator keeps no journal', async () => {
  const quiet = await startSimulator({ quiet: true })
  expect((await post(`${quiet.url}/v1/chat/completions`, chat('m1'))).status).toBe(200)
  expect(quiet.journal()).toEqual([])
  await quiet.close()
})

test('of a body over 1 MB the journal keeps only a note', async () => {
  await post(chatUrl(), chat('m1', { padding: 'x'.repeat(1024 * 1024) }))
  const body = simulator.journal()[0]?.body
  expect(body).toMatch(/truncated: 10\d{5} characters/)
  expect(String(body).length).toBeLessThan(2000)
})

test.each(['tokens-1000+pace-20', 'stall-after-2', 'slow-first-token-20000', 'blackhole'])(
  'a client that leaves %s is seen leaving at once',
  async (model) => {
    const { abort } = sendRequest(chatUrl(), chat(model, { stream: true }))
    await until(() => simulator.journal()[0]?.behaviour === model)
    await new Promise((resolve) => setTimeout(resolve, 60))
    expect(simulator.journal()[0]?.closedBy).toBe(null)
    abort()
    await until(() => simulator.journal()[0]?.closedBy === 'client')
    const [entry] = simulator.journal()
    expect(entry?.finishedAt).toBe(null)
    expect(entry?.chunksSent).toBeLessThan(20)
  },
)

test('the override of a model wins over the override of all, which wins over the model id', async () => {
  await control({ behaviour: 'status-500' })
  await control({ model: 'm1', behaviour: 'status-418' })
  expect([await statusOf('m1'), await statusOf('m2'), await statusOf('status-429')]).toEqual([418, 500, 500])
  await control({ behaviour: null })
  expect([await statusOf('m1'), await statusOf('m2'), await statusOf('status-429')]).toEqual([418, 200, 429])
  await control({ model: 'm1', behaviour: null })
  expect(await statusOf('m1')).toBe(200)
})

test('an override that is not a behaviour is refused with its name; in a model id it has no effect', async () => {
  const { status, text } = await post(`${simulator.url}/_behaviour`, { behaviour: 'status-500+wobbly' })
  expect(status).toBe(400)
  expect(text).toContain('wobbly')
  expect(() => simulator.setBehaviour('status-200')).toThrow('status-200')
  expect((await post(`${simulator.url}/_behaviour`, { behavior: 'steady' })).status).toBe(400)
  expect((await post(chatUrl(), chat('wobbly+status-503'))).status).toBe(503)
  expect((await post(chatUrl(), chat('status-200'))).status).toBe(200)
})

test('first-<n> counts per full model id; the other parts of the name apply to every request', async () => {
  const model = 'first-2-status-500+tokens-20'
  const statuses: number[] = []
  for (let request = 0; request < 4; request++) statuses.push((await post(chatUrl(), chat(model))).status)
  expect(statuses).toEqual([500, 500, 200, 200])
  expect((await post(chatUrl(), chat('first-2-status-500+tokens-21'))).status).toBe(500)
  const last = await post(chatUrl(), chat(model, { stream: true }))
  expect(streamedText(last.text)).toBe(simulatedText(20))
  simulator.clearJournal()
  expect((await post(chatUrl(), chat(model))).status).toBe(500)
})

test('first-<n> as an override counts from the time when it was set', async () => {
  for (let round = 0; round < 2; round++) {
    simulator.setBehaviour('first-1-status-502')
    expect([await statusOf('a'), await statusOf('b')]).toEqual([502, 200])
  }
})

test('requests that no provider would accept get a 400', async () => {
  expect((await post(chatUrl(), { model: 'm1' })).status).toBe(400)
  expect((await post(chatUrl(), { messages: [{ role: 'user', content: 'hi' }] })).status).toBe(400)
  expect((await post(chatUrl(), [])).status).toBe(400)
  expect((await post(chatUrl(), chat('m1', { n: 0 }))).text).toContain('\\"n\\"')
})

const pipelined = (model: string): string => {
  const body = JSON.stringify(chat(model, { stream: true }))
  return `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n${body}`
}

test('pipelined requests are answered in their order, although the first takes longer', async () => {
  const socket = connect(simulator.port, '127.0.0.1')
  let received = ''
  socket.on('data', (chunk: Buffer) => {
    received += chunk.toString()
  })
  socket.write(pipelined('tokens-3+pace-50') + pipelined('tokens-2'))
  await until(() => received.split('[DONE]').length === 3)
  const [first = '', second = ''] = received.split('[DONE]')
  expect(first.match(/"content":" ?\w+"/g)).toHaveLength(3)
  expect(second.match(/"content":" ?\w+"/g)).toHaveLength(2)
  expect(received.match(/HTTP\/1.1 200/g)).toHaveLength(2)
  socket.destroy()
})

test('close ends within a second although sockets are stalled', async () => {
  const hanging = await startSimulator()
  const replies = ['blackhole', 'stall-after-1', 'slow-first-token-60000', 'tokens-9+pace-60000'].map(
    (model) => sendRequest(`${hanging.url}/v1/chat/completions`, chat(model, { stream: true })).reply,
  )
  await until(() => hanging.journal().filter(({ behaviour }) => behaviour !== null).length === 4)
  const start = performance.now()
  await hanging.close()
  expect(performance.now() - start).toBeLessThan(1000)
  expect((await Promise.all(replies)).map(({ ending }) => ending)).not.toContain('end')
  await until(() => hanging.journal().every(({ closedBy }) => closedBy === 'server'))
})
