import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { simulatedText } from '../../../src/simulator/simulated-text.ts'
import { brokeOff, completed, readReply } from '../../faults/operations.ts'
import { behaving } from '../../gateway.ts'
import { type ReadStream, readStream } from '../../sse.ts'
import { useVirtualTime } from '../../virtual-time.ts'
import { type ProtocolGateway, startProtocolGateway } from '../protocol-gateway.ts'

useVirtualTime()

/** The faults that text event streams must survive, in AWS's binary framing. */
const behaviours: Readonly<Record<string, readonly string[]>> = {
  '500-once': ['first-1-status-500', 'steady'],
  'reset-once': ['first-1-reset', 'steady'],
  cut: ['cut-after-40+tokens-60+pace-1', 'tokens-60'],
  eof: ['eof-after-40+tokens-60+pace-1', 'tokens-60'],
  'no-finish': ['no-finish+tokens-20+pace-1', 'steady'],
  malformed: ['malformed-after-20+tokens-60+pace-1', 'tokens-60'],
  fragments: ['fragment-bytes+tokens-60'],
  'keep-alive': ['comments+crlf+tokens-60'],
  'huge-frame': ['huge-frame', 'steady'],
  'endless-line': ['endless-line', 'steady'],
  'error-in-200': ['error-in-200', 'steady'],
  'error-after': ['error-after-5+pace-1', 'steady'],
  empty: ['empty', 'steady'],
  whole: ['tokens-60'],
  stall: ['stall-after-20+tokens-60+pace-1', 'steady'],
  slow: ['slow-first-token-60000', 'steady'],
}

const limitMs = 1_500

describe('a stream', () => {
  let gateway: ProtocolGateway
  beforeAll(async () => {
    gateway = await startProtocolGateway(
      'converse',
      Object.fromEntries(Object.entries(behaviours).map(([name, models]) => [name, { ...behaving(...models) }])),
      { limits: { frame_mb: 1 }, timeouts: { first_token_ms: limitMs, idle_ms: limitMs } },
    )
  })
  afterAll(() => gateway.close())
  beforeEach(() => gateway.upstream.clearJournal())

  const stream = async (name: string): Promise<ReadStream> =>
    readStream(await gateway.chat({ model: `test/${name}`, stream: true }))
  const reply = async (name: string) => readReply(await gateway.chat({ model: `test/${name}` }))
  /** Returns the providers that were called, in order. */
  const calls = (): readonly string[] => gateway.upstream.journal().map((entry) => entry.path.slice(1, 7))

  test.each(['500-once', 'reset-once'])('%s is rescued by one more try at the same endpoint', async (name) => {
    const read = await stream(name)
    expect(read.text).toBe(simulatedText(12))
    expect(completed(read)).toBe(true)
    expect(calls()).toEqual(['prov-a', 'prov-a'])
  })

  test('that is cut after tokens ends with an error, never with a success-looking truncation', async () => {
    const whole = simulatedText(60)
    const streams = await Promise.all(Array.from({ length: 40 }, () => stream('cut')))
    expect(streams.filter((read) => brokeOff(read) && whole.startsWith(read.text))).toHaveLength(40)
    expect(new Set(calls())).toEqual(new Set(['prov-a']))
    expect(streams[0]?.chunks.at(-1)?.error).toMatchObject({
      code: 502,
      metadata: { error_type: 'provider_unavailable' },
    })
  })

  test.each([
    ['eof', 40],
    ['no-finish', 20],
    ['malformed', 20],
    ['error-after', 5],
    ['stall', 20],
  ])('%s: what came before is sent, and marked as incomplete', async (name, tokens) => {
    const read = await stream(name)
    expect(brokeOff(read)).toBe(true)
    expect(read.text).toBe(simulatedText(tokens))
    expect(calls()).toEqual(['prov-a'])
  })

  test.each(['cut', 'eof', 'malformed'])('%s: a JSON reply comes from another endpoint', async (name) => {
    expect(await reply(name)).toMatchObject({ provider: 'Prov B', text: simulatedText(60) })
    expect(calls()).toEqual(['prov-a', 'prov-b'])
  })

  test.each(['fragments', 'keep-alive'])('%s: the same answer', async (name) => {
    const [read, plain] = await Promise.all([stream(name), stream('whole')])
    expect(read.text).toBe(simulatedText(60))
    expect(completed(read)).toBe(true)
    expect(read.chunks.at(-1)?.usage).toEqual(plain.chunks.at(-1)?.usage)
  })

  test.each(['huge-frame', 'endless-line'])('%s: given up at the cap, others unharmed', async (name) => {
    const [rescued, ...others] = await Promise.all([stream(name), ...Array.from({ length: 20 }, () => stream('whole'))])
    expect(rescued?.text).toBe(simulatedText(12))
    expect(others.filter((read) => completed(read) && read.text === simulatedText(60))).toHaveLength(20)
    const flood = gateway.upstream.journal().find(({ behaviour }) => behaviour === name)
    expect(flood?.closedBy).toBe('client')
    // The limit of 1 MB, and what the sockets of both sides buffer.
    expect(flood?.bytesSent).toBeLessThan(12_000_000)
  })

  test.each([
    // An internal error of AWS is retried.
    ['error-in-200', ['prov-a', 'prov-a', 'prov-b']],
    ['empty', ['prov-a', 'prov-b']],
    ['slow', ['prov-a', 'prov-b']],
  ])('%s: the client sees nothing of it', async (name, called) => {
    const read = await stream(name)
    expect(completed(read)).toBe(true)
    expect(read.text).toBe(simulatedText(12))
    expect(new Set(read.chunks.map(({ provider }) => provider))).toEqual(new Set(['Prov B']))
    expect(calls()).toEqual(called)
  })

  test.each(['error-in-200', 'empty'])('%s: a JSON reply comes from another endpoint', async (name) => {
    expect(await reply(name)).toMatchObject({ provider: 'Prov B', text: simulatedText(12) })
  })
})
