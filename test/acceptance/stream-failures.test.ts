import { once } from 'node:events'
import { request } from 'node:http'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { simulatedText } from '../../src/simulator/simulated-text.ts'
import { eventually } from '../faults/eventually.ts'
import { behaving, startGateway, testKey, type TestGateway } from '../gateway.ts'
import { useVirtualTime } from '../virtual-time.ts'
import { asNumber, asText, called, calls, generation, refusal } from './exchange.ts'
import { finishes, holding, openStream } from './stream-exchange.ts'

useVirtualTime()

const deadAtOnce = [
  'status-503',
  'status-500',
  'status-429',
  'status-401',
  'status-404',
  'reset',
  'cut-after-0',
  'eof-after-0',
  'error-in-200',
  'malformed-after-0',
  'empty',
]
const deadAfterTwo = ['cut-after-2', 'eof-after-2', 'error-after-2', 'malformed-after-2', 'stall-after-2']

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway({
    timeouts: { idle_ms: 1000 },
    models: {
      ...Object.fromEntries(
        [...deadAtOnce, ...deadAfterTwo].map((behaviour) => [`acme/${behaviour}`, behaving(behaviour, 'steady')]),
      ),
      'acme/paced': behaving('tokens-200+pace-50'),
      'acme/all-down': behaving('status-503', 'status-500', 'status-502'),
      'acme/only-429': behaving('status-429'),
      'acme/only-400': behaving('status-400'),
    },
  })
})
afterAll(() => gateway.close())
beforeEach(() => gateway.simulator.clearJournal())

describe('contract row 32: the client does not see an upstream that fails before the first token', () => {
  test.each(deadAtOnce)('%s', async (behaviour) => {
    const { chunks, text } = await openStream(gateway, `acme/${behaviour}`)
    expect(text).toBe(simulatedText(12))
    expect(new Set(chunks.map(({ provider }) => provider))).toEqual(new Set(['Prov B']))
    expect(holding(chunks, 'error')).toBe(-1)
    expect(called(gateway).at(0)).toBe('prov-a')
    expect(called(gateway).at(-1)).toBe('prov-b')
  })
})

describe('contract row 33: an upstream that dies after two tokens', () => {
  test.each(deadAfterTwo)('%s', async (behaviour) => {
    const { chunks, text } = await openStream(gateway, `acme/${behaviour}`)
    expect(text).toBe(simulatedText(2))
    const [last] = chunks.slice(-1)
    expect(last).toMatchObject({
      provider: 'Prov A',
      model: `acme/${behaviour}`,
      error: { code: expect.any(Number), message: expect.any(String), metadata: { error_type: expect.any(String) } },
    })
    expect(last?.choices).toMatchObject([{ index: 0, delta: { content: '' }, finish_reason: 'error' }])
    expect(asNumber(last?.error?.code)).toBeGreaterThanOrEqual(500)
    expect(chunks.filter((chunk) => 'error' in chunk)).toHaveLength(1)
    expect(holding(chunks, 'usage')).toBe(-1)
    expect(finishes(chunks)).toEqual(['error'])
    expect(called(gateway)).toEqual(['prov-a'])
    expect(await generation(gateway, last?.id)).toMatchObject({
      finish_reason: 'error',
      total_cost: 0,
      cancelled: false,
    })
  })
})

describe('contract row 34: when all fail before the first token the answer is no stream', () => {
  test.each([
    ['acme/all-down', 503, 'provider_overloaded'],
    ['acme/only-429', 429, 'rate_limit_exceeded'],
    ['acme/only-400', 400, 'invalid_request'],
    ['nope/none', 400, 'invalid_request'],
  ])('%s', async (model, status, type) => {
    const reply = gateway.chat({ model, stream: true })
    expect((await refusal(reply, status))['error_type']).toBe(type)
    expect((await reply).headers.get('x-generation-id')).toMatch(/^gen-/)
  })
})

test('contract row 35: a client that disconnects', async () => {
  const outgoing = request(`${gateway.url}/api/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${testKey}`, 'content-type': 'application/json' },
  })
  outgoing.end(JSON.stringify({ model: 'acme/paced', stream: true, messages: [{ role: 'user', content: 'hi' }] }))
  const [incoming] = await once(outgoing, 'response')
  const id = incoming.headers['x-generation-id']
  let text = ''
  incoming.on('data', (part: Buffer) => (text += part.toString()))
  incoming.on('error', () => {})
  while (text.split('"content"').length < 6) await nextTurn()
  const leftAt = Date.now()
  const sentBefore = asNumber(calls(gateway).at(-1)?.chunksSent)
  outgoing.destroy()

  const call = await eventually(() => calls(gateway).findLast(({ closedAt }) => closedAt !== null))
  expect(call.closedBy).toBe('client')
  expect(Date.parse(asText(call.closedAt)) - leftAt).toBeLessThanOrEqual(250)
  expect(call.chunksSent - sentBefore).toBeLessThanOrEqual(1)

  const record = await generation(gateway, id)
  expect(record).toMatchObject({ cancelled: true, streamed: true, provider_name: 'Prov A', model: 'acme/paced' })
  const completion = asNumber(record['tokens_completion'])
  expect(completion).toBeGreaterThan(0)
  expect(completion).toBeLessThan(30)
  expect(record['total_cost']).toBeCloseTo((asNumber(record['tokens_prompt']) + 2 * completion) / 1e6, 12)
})
