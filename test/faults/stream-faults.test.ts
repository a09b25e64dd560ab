import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { simulatedText } from '../../src/simulator/simulated-text.ts'
import { behaving, startGateway, type TestGateway } from '../gateway.ts'
import { type ReadStream, readStream } from '../sse.ts'
import { useVirtualTime } from '../virtual-time.ts'
import { eventually } from './eventually.ts'
import { brokeOff, completed, operations, readReply } from './operations.ts'

/** The tests run in virtual time. */
const limitMs = 1_500
const words = (text: string): number => (text === '' ? 0 : text.split(' ').length)

/**
 * The upstream behaviours of the endpoints, by the model that tests request. Tokens before the fault are paced, so that they are on their
 * way to the client when the fault comes.
 */
const models = {
  'fault/500-once': behaving('first-1-status-500', 'steady'),
  'fault/reset-once': behaving('first-1-reset', 'steady'),
  'fault/500': behaving('status-500', 'steady'),
  'fault/reset': behaving('reset', 'steady'),
  'fault/cut': behaving('cut-after-40+tokens-60+pace-1', 'tokens-60'),
  'fault/eof': behaving('eof-after-40+tokens-60+pace-1', 'tokens-60'),
  'fault/no-done': behaving('no-done', 'steady+tokens-13'),
  'fault/no-finish': behaving('no-finish+tokens-20+pace-1', 'steady'),
  'fault/no-finish-no-done': behaving('no-finish+no-done+tokens-20+pace-1', 'steady'),
  'fault/malformed': behaving('malformed-after-20+tokens-60+pace-1', 'tokens-60'),
  'fault/fragments': behaving('fragment-bytes+tokens-60'),
  'fault/crlf': behaving('crlf+comments+tokens-60'),
  'fault/crlf-fragments': behaving('crlf+comments+fragment-bytes+tokens-60'),
  'fault/huge-frame': behaving('huge-frame', 'steady'),
  'fault/endless-line': behaving('endless-line', 'steady'),
  'fault/error-in-200': behaving('error-in-200', 'steady'),
  'fault/error-after': behaving('error-after-5+pace-1', 'steady'),
  'fault/empty': behaving('empty', 'steady'),
  'fault/all-empty': behaving('empty'),
  'fault/whole': behaving('tokens-60'),
  ...Object.fromEntries(
    Array.from({ length: 100 }, (_, run) => [
      `fault/once-${run}`,
      behaving(`first-1-${run % 2 === 0 ? 'reset' : 'status-500'}+run-${run}`),
    ]),
  ),
}

describe.each(operations)('$name', ({ path, ask }) => {
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await startGateway({ models, limits: { frame_mb: 1 } })
  })
  afterAll(() => gateway.close())
  beforeEach(() => gateway.simulator.clearJournal())

  const post = (model: string, more: Readonly<Record<string, unknown>> = {}) =>
    gateway.post(path, { model, provider: { order: ['prov-a', 'prov-b'] }, ...ask, ...more })
  const stream = async (model: string): Promise<ReadStream> => readStream(await post(model, { stream: true }))
  const reply = async (model: string) => readReply(await post(model))
  /** Returns the providers that were called, in order. */
  const calls = (): readonly string[] => gateway.simulator.journal().map((entry) => entry.path.slice(1, 7))

  describe.each(['fault/500-once', 'fault/reset-once'])('%s', (model) => {
    test('is rescued by one more try at the same endpoint', async () => {
      const rescued = await stream(model)
      expect(rescued).toMatchObject({ text: simulatedText(12) })
      expect(completed(rescued)).toBe(true)
      expect(calls()).toEqual(['prov-a', 'prov-a'])

      gateway.simulator.clearJournal()
      expect(await reply(model)).toMatchObject({ provider: 'Prov A', text: simulatedText(12) })
      expect(calls()).toEqual(['prov-a', 'prov-a'])
    })
  })

  test.each(['fault/500', 'fault/reset'])('%s: exactly two tries, then the next endpoint', async (model) => {
    expect(await reply(model)).toMatchObject({ provider: 'Prov B' })
    expect(await stream(model)).toMatchObject({ text: simulatedText(12) })
    expect(calls()).toEqual(['prov-a', 'prov-a', 'prov-b', 'prov-a', 'prov-a', 'prov-b'])
  })

  test('a hundred sporadic failures at once: no client sees any of them', async () => {
    const streams = await Promise.all(Array.from({ length: 100 }, (_, run) => stream(`fault/once-${run}`)))
    expect(streams.filter((read) => completed(read) && read.text === simulatedText(12))).toHaveLength(100)
    expect(calls()).toHaveLength(200)
  })

  test('a cut after tokens ends with an error in the stream, never with a success-looking truncation', async () => {
    const whole = simulatedText(60)
    for (let round = 0; round < 5; round++) {
      const streams = await Promise.all(Array.from({ length: 40 }, () => stream('fault/cut')))
      expect(streams.filter((read) => brokeOff(read) && whole.startsWith(read.text))).toHaveLength(40)
    }
    expect(new Set(calls())).toEqual(new Set(['prov-a']))
    const { chunks } = await stream('fault/cut')
    expect(chunks.at(-1)?.error).toMatchObject({ code: 502, metadata: { error_type: 'provider_unavailable' } })
  })

  test('a body that ends cleanly in the middle of the answer is a cut', async () => {
    const read = await stream('fault/eof')
    expect(brokeOff(read)).toBe(true)
    expect(read.text).toBe(simulatedText(40))
  })

  test('a complete stream that lacks [DONE] is complete, with usage', async () => {
    const read = await stream('fault/no-done')
    expect(completed(read)).toBe(true)
    expect(read.text).toBe(simulatedText(12))
    expect(read.chunks.at(-1)?.usage).toMatchObject({ completion_tokens: 12 })
  })

  test.each(['fault/no-finish', 'fault/no-finish-no-done'])('%s: all the text, but flagged', async (model) => {
    const read = await stream(model)
    expect(brokeOff(read)).toBe(true)
    expect(read.text).toBe(simulatedText(20))
  })

  test('a malformed frame ends the stream with an error; nothing is lost in silence', async () => {
    const read = await stream('fault/malformed')
    expect(brokeOff(read)).toBe(true)
    expect(read.text).toBe(simulatedText(20))
    expect(completed(await stream('fault/whole'))).toBe(true)
  })

  test.each(['fault/cut', 'fault/eof', 'fault/malformed'])('%s: a JSON reply is fetched elsewhere', async (model) => {
    expect(await reply(model)).toMatchObject({ provider: 'Prov B', text: simulatedText(60) })
    expect(calls()).toEqual(['prov-a', 'prov-b'])
  })

  test.each(['fault/fragments', 'fault/crlf', 'fault/crlf-fragments'])('%s: the same answer', async (model) => {
    const [read, plain] = await Promise.all([stream(model), stream('fault/whole')])
    expect(read.text).toBe(simulatedText(60))
    expect(completed(read)).toBe(true)
    expect(read.chunks.at(-1)?.usage).toEqual(plain.chunks.at(-1)?.usage)
    expect(await reply(model)).toMatchObject({ text: simulatedText(60) })
  })

  test.each(['fault/huge-frame', 'fault/endless-line'])('%s: given up at the cap, others unharmed', async (model) => {
    const [rescued, ...others] = await Promise.all([
      stream(model),
      ...Array.from({ length: 20 }, () => stream('fault/whole')),
    ])
    expect(rescued?.text).toBe(simulatedText(12))
    expect(others.filter((read) => completed(read) && read.text === simulatedText(60))).toHaveLength(20)
    const flood = gateway.simulator.journal().find(({ behaviour }) => model.endsWith(behaviour ?? '-'))
    expect(flood?.closedBy).toBe('client')
    // The limit of 1 MB, and what the sockets of both sides buffer.
    expect(flood?.bytesSent).toBeLessThan(12_000_000)
  })

  test('an error inside a 200 before any content: the client sees nothing of it', async () => {
    const read = await stream('fault/error-in-200')
    expect(completed(read)).toBe(true)
    expect(read.text).toBe(simulatedText(12))
    expect(new Set(read.chunks.map(({ provider }) => provider))).toEqual(new Set(['Prov B']))
    expect(await reply('fault/error-in-200')).toMatchObject({ provider: 'Prov B', text: simulatedText(12) })
    expect(calls()).toEqual(['prov-a', 'prov-b', 'prov-a', 'prov-b'])
  })

  test('an error after content stays where it is', async () => {
    const read = await stream('fault/error-after')
    expect(brokeOff(read)).toBe(true)
    expect(words(read.text)).toBe(5)
    expect(calls()).toEqual(['prov-a'])
  })

  test('an empty completion is fetched elsewhere', async () => {
    expect(await reply('fault/empty')).toMatchObject({ provider: 'Prov B', text: simulatedText(12) })
    expect(await stream('fault/empty')).toMatchObject({ text: simulatedText(12) })
    expect(calls()).toEqual(['prov-a', 'prov-b', 'prov-a', 'prov-b'])
  })

  test('an empty completion with nowhere to go is an error and never billed', async () => {
    const spent = async () => Object(await (await gateway.get('/api/v1/key')).json()).data.usage
    const before = await spent()
    for (const more of [{}, { stream: true }]) {
      const refused = await post('fault/all-empty', more)
      expect(refused.status).toBe(502)
      const { error } = Object(await refused.json())
      expect(error.message).toMatch(/empty/)
      const id = refused.headers.get('x-generation-id')
      const { data } = Object(await (await gateway.get(`/api/v1/generation?id=${id}`)).json())
      expect(data).toMatchObject({ total_cost: 0 })
    }
    expect(await spent()).toBe(before)
  })
})

describe.each(operations)('$name, with low limits', ({ path, ask }) => {
  useVirtualTime()
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await startGateway({
      timeouts: { first_token_ms: limitMs, idle_ms: limitMs },
      models: {
        'fault/blackhole': behaving('blackhole', 'steady'),
        'fault/slow': behaving('slow-first-token-60000', 'steady'),
        'fault/stall': behaving('stall-after-20+tokens-60+pace-1', 'steady'),
      },
    })
  })
  afterAll(() => gateway.close())
  beforeEach(() => gateway.simulator.clearJournal())

  const post = (model: string) => gateway.post(path, { model, ...ask, stream: true })

  test.each([
    ['fault/blackhole', 0],
    ['fault/slow', 200],
  ])('%s: one attempt up to the limit, then the next endpoint; both on record', async (model, status) => {
    const response = await post(model)
    expect(await readStream(response)).toMatchObject({ text: simulatedText(12) })
    const [silent, rescuer, ...more] = gateway.simulator.journal()
    expect(more).toEqual([])
    expect(silent).toMatchObject({ status, closedBy: 'client', chunksSent: 0 })
    const waited = Date.parse(rescuer?.at ?? '') - Date.parse(silent?.at ?? '')
    // The limit begins a moment before the first call arrives.
    expect(waited).toBeGreaterThanOrEqual(limitMs - 50)
    expect(waited).toBeLessThanOrEqual(limitMs + 250)
    const id = response.headers.get('x-generation-id')
    const { data } = Object(await (await gateway.get(`/api/v1/generation?id=${id}`)).json())
    expect(data.provider_responses).toMatchObject([
      { status: 504, provider_name: 'Prov A' },
      { status: 200, provider_name: 'Prov B' },
    ])
  })

  test('a stall ends with an error at the idle limit; the call is cancelled, and the next request succeeds', async () => {
    const startedAt = Date.now()
    const read = await readStream(await post('fault/stall'))
    const endedAt = Date.now()
    expect(brokeOff(read)).toBe(true)
    expect(read.chunks.at(-1)?.error).toMatchObject({ code: 504, metadata: { error_type: 'timeout' } })
    expect(read.text).toBe(simulatedText(20))
    // The twenty tokens before the stall took 1 ms each.
    expect(endedAt - startedAt).toBeGreaterThanOrEqual(limitMs)
    expect(endedAt - startedAt).toBeLessThanOrEqual(limitMs + 500)
    const left = await eventually(() => gateway.simulator.journal().find(({ closedAt }) => closedAt !== null))
    expect(left.closedBy).toBe('client')
    expect(Date.parse(left.closedAt ?? '') - endedAt).toBeLessThanOrEqual(100)
    expect(completed(await readStream(await post('acme/m1')))).toBe(true)
  })
})
