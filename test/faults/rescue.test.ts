import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { JournalEntry } from '../../src/simulator/journal.ts'
import { simulatedText } from '../../src/simulator/simulated-text.ts'
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts'
import { openStorage, type Storage } from '../../src/storage/open-storage.ts'
import { asNumber, asObject, asText, at, called, calls, generation } from '../acceptance/exchange.ts'
import { startGateway, type TestGateway } from '../gateway.ts'
import { type Chunk, readStream } from '../sse.ts'
import { useVirtualTime } from '../virtual-time.ts'
import { eventually } from './eventually.ts'
import { brokeOff, completed } from './operations.ts'

useVirtualTime()

const whole = simulatedText(60)
const hash = (text: string): string => createHash('sha256').update(text).digest('hex')
const idleMs = 1_000

/** The tokens of one short word, and those of a message. */
const hi = 1 + 4

/** Expects that the client paid for every part of the answer, but for the prompt only once. The operator paid all. */
function expectPromptPaidOnce(
  attempts: readonly { readonly cost: number }[],
  { cost, promptCost, completionCost }: Readonly<Record<'cost' | 'promptCost' | 'completionCost', number>>,
): void {
  expect(attempts.every((attempt) => attempt.cost > 0)).toBe(true)
  expect(promptCost).toBe(hi * 1_000)
  expect(cost).toBe(promptCost + completionCost)
  expect(attempts.reduce((sum, attempt) => sum + attempt.cost, 0)).toBeGreaterThan(cost)
}

/** Endpoints with rising prices. The upstream model names the behaviour, and `!` before it marks an endpoint that continues a turn. */
const served = (...behaviours: readonly string[]) => ({
  endpoints: behaviours.map((behaviour, index) => ({
    provider: `prov-${'abc'[index]}`,
    model: behaviour.replace('!', ''),
    prefill: behaviour.startsWith('!'),
    pricing: { prompt: index + 1, completion: 2 * (index + 1) },
  })),
})

/**
 * The endpoint that takes over, and how. A fresh call to another model gives another text, so such a model can only be asked to continue.
 */
const methods = ['prefill', 'replay', 'instruction'] as const
const rescuers = { prefill: '!tokens-60', replay: 'tokens-60', instruction: 'first-1-variant-50+resume+tokens-60' }
const endings = {
  cut: 'connection reset',
  eof: 'clean end',
  stall: 'silence',
  error: 'error in the stream',
  malformed: 'frame that is no JSON',
}
const faults = Object.keys(endings)

/** Every method, with the answers in pieces of any length and the first of them broken off anywhere. */
const anywhere = fc.sample(
  fc.record({
    method: fc.constantFrom(...methods),
    fault: fc.constantFrom('cut', 'eof', 'error'),
    length: fc.integer({ min: 1, max: 40 }),
    place: fc.double({ min: 0, max: 1, noNaN: true }),
    other: fc.integer({ min: 1, max: 60 }),
  }),
  { numRuns: 150, seed: 6 },
)
const longest = (length: number): number => Math.ceil(whole.length / length)
const broken = anywhere.map(({ method, fault, length, place, other }, run) => {
  const isQuoted = method === 'instruction'
  // So few words occur in many texts, so they are not quoted. A reset may also overtake most of what came before it.
  const least = isQuoted ? Math.ceil(60 / length) : 1
  const after = Math.max(Math.min(least, longest(length)), Math.round(place * longest(length)))
  const ending = `${isQuoted && fault === 'cut' ? 'eof' : fault}-after-${after}`
  return { slug: `run/${run}`, method, upstream: `${ending}+chunk-${length}+tokens-60`, other }
})

const models = {
  ...Object.fromEntries(
    faults.flatMap((fault) =>
      methods.map((method) => [
        `${fault}/${method}`,
        served(`${fault}-after-40+tokens-60+pace-1`, `${rescuers[method]}+${fault}`),
      ]),
    ),
  ),
  ...Object.fromEntries(
    broken.map(({ slug, method, upstream, other }) => [
      slug,
      method === 'instruction' ? served(upstream) : served(upstream, `${rescuers[method]}+chunk-${other}`),
    ]),
  ),
  'cut/alone': served('cut-after-40+tokens-60'),
  'cut/early': served('cut-after-1+tokens-60', '!tokens-60'),
  'cut/json': served('cut-after-2', '!steady'),
  'other/told': {
    endpoints: [{ provider: 'prov-c', model: 'resume+tokens-60', pricing: { prompt: 3, completion: 6 } }],
  },
  'other/untold': { endpoints: [{ provider: 'prov-c', model: 'variant-50', pricing: { prompt: 3, completion: 6 } }] },
  'refused/prefill': served('cut-after-40+tokens-60', '!no-prefill+tokens-60'),
  'refused/all': served('cut-after-40+tokens-60', '!no-prefill+variant-50+tokens-60'),
  'refused/then-another': served('cut-after-40+tokens-60', '!no-prefill+variant-50+tokens-60', '!tokens-60'),
  'anew/other-words': served('cut-after-40+tokens-60', 'variant-50+tokens-60'),
  'anew/continued': served('cut-after-40+tokens-60', '!variant-0+tokens-60'),
  'down/first-rescuer': served('cut-after-40+tokens-60', '!status-503', '!tokens-60'),
  'down/all': served('eof-after-40+tokens-60', '!status-503', 'reset'),
  'twice/broken': served('cut-after-10+tokens-60', '!cut-after-10+tokens-60', '!tokens-60'),
  'twice/lost': served('cut-after-10+tokens-60', '!cut-after-10+tokens-60', '!status-500'),
  'tool/open': served('tool-call+cut-after-2', '!steady'),
  'tool/complete': served('tool-call+eof-after-4', '!steady'),
  'thoughts/alone': served('reasoning+cut-after-3+tokens-60', 'reasoning+tokens-60'),
  'thoughts/text': { reasoning: {}, ...served('reasoning+cut-after-30+tokens-60', '!reasoning+tokens-60') },
  'silent/usage': served('cut-after-40+tokens-60', '!tokens-60+no-usage'),
  'slow/rescuer': served('cut-after-40+tokens-60', '!tokens-60+pace-50'),
  'slow/silent-rescuer': served('cut-after-40+tokens-60', '!blackhole'),
  'slow/all': served('tokens-60+pace-50', '!tokens-60'),
  'legacy/text': served('cut-after-40+tokens-60', '!tokens-60'),
  'many/rescuers': {
    endpoints: Array.from({ length: 8 }, (_, index) => ({
      provider: 'prov-a',
      tag: `prov-a/${index}`,
      model: index === 0 ? 'cut-after-40+tokens-60' : `variant-${index}+tokens-60`,
      pricing: { prompt: 1, completion: 1 },
    })),
  },
}

const on = { 'x-waygate-stream-rescue': 'continue', 'x-openrouter-metadata': 'enabled' }
const off = { ...on, 'x-waygate-stream-rescue': 'Off' }
const inOrder = { order: ['prov-a', 'prov-b', 'prov-c'] }

let directory: string
let gateway: TestGateway
/** The gateway's database, as another process reads it. */
let storage: Storage
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'waygate-rescue-'))
  const url = `sqlite:${join(directory, 'waygate.db')}`
  gateway = await startGateway({ models, storage: { url }, timeouts: { idle_ms: idleMs } })
  storage = await openStorage(url)
})
afterAll(async () => {
  await gateway.close()
  await storage.close()
  await rm(directory, { recursive: true })
})
beforeEach(() => gateway.simulator.clearJournal())

async function stream(model: string, more: object = {}, headers: Readonly<Record<string, string>> = on) {
  const response = await gateway.chat({ model, provider: inOrder, stream: true, ...more }, headers)
  const read = await readStream(response)
  return { ...read, id: response.headers.get('x-generation-id') ?? '' }
}

const record = (id: string) => eventually(() => storage.generations.find(id, 'default'))
const stagesOf = (chunks: readonly Chunk[]): unknown => chunks.at(-1)?.openrouter_metadata?.['pipeline']
const reasoningOf = (chunks: readonly Chunk[]): string =>
  chunks.map(({ choices }) => String(at(choices, 0, 'delta', 'reasoning') ?? '')).join('')

/** Expects a continued answer: every word once, as one stream of the endpoint that began. */
function expectWhole(read: Awaited<ReturnType<typeof stream>>): void {
  expect(hash(read.text)).toBe(hash(whole))
  expect(completed(read)).toBe(true)
  expect(new Set(read.chunks.map(({ provider }) => provider))).toEqual(new Set(['Prov A']))
  expect(new Set(read.chunks.map(({ id }) => id)).size).toBe(1)
}

describe('6: an upstream that dies in the middle of its answer', () => {
  describe.each(Object.entries(endings))('%s (%s)', (fault) => {
    test.each(methods)('another goes on by %s', async (method) => {
      const read = await stream(`${fault}/${method}`)
      expectWhole(read)
      expect(called(gateway)).toEqual(method === 'instruction' ? ['prov-a', 'prov-b', 'prov-b'] : ['prov-a', 'prov-b'])
      expect(stagesOf(read.chunks)).toMatchObject([
        {
          type: 'stream_rescue',
          name: method,
          summary: expect.stringContaining('Prov A broke off after'),
          data: {
            after_characters: simulatedText(40).length,
            from: { provider: 'Prov A', cost_usd: expect.any(Number) },
            to: { provider: 'Prov B', cost_usd: expect.any(Number) },
          },
        },
      ])
      const status = fault === 'stall' ? 504 : 502
      const metadata = read.chunks.at(-1)?.openrouter_metadata
      expect(metadata).toMatchObject({
        attempt: 2,
        attempts: [
          { provider: 'Prov A', status },
          { provider: 'Prov B', status: 200 },
        ],
        endpoints: { available: [{ selected: false }, { provider: 'Prov B', selected: true }] },
      })
      const { attempts, finishReason, costProvenance } = await record(read.id)
      expect({ finishReason, costProvenance }).toEqual({ finishReason: 'stop', costProvenance: 'estimated' })
      const [first] = attempts
      expect(first).toMatchObject({ provider: 'prov-a', kind: 'first', status })
      expect(first?.errorKind).toBe(fault === 'stall' ? 'provider_timeout' : 'provider_unavailable')
      expect(attempts.at(-1)).toMatchObject({ provider: 'prov-b', kind: 'rescue', status: 200, errorKind: null })
    })
  })

  test('anywhere, in pieces of any length: nothing is lost or doubled', async () => {
    const used = new Set<unknown>()
    await Promise.all(
      broken.map(async ({ slug, method }) => {
        const more = method === 'instruction' ? { models: ['other/told'] } : {}
        const read = await stream(slug, more)
        expect({ slug, text: read.text, completed: completed(read) }).toEqual({ slug, text: whole, completed: true })
        used.add(at(stagesOf(read.chunks), 0, 'name'))
      }),
    )
    expect(used).toEqual(new Set(methods))
  })

  test('without the setting the stream ends with an error, and no other endpoint is called', async () => {
    const plain = { 'x-openrouter-metadata': 'enabled' }
    for (const headers of [plain, off]) {
      gateway.simulator.clearJournal()
      const read = await stream('cut/prefill', {}, headers)
      expect(brokeOff(read)).toBe(true)
      expect(read.text).toBe(simulatedText(40))
      expect(stagesOf(read.chunks)).toBeUndefined()
      expect(called(gateway)).toEqual(['prov-a'])
      expect(await record(read.id)).toMatchObject({ cost: 0, attempts: [{ kind: 'first', status: 502 }] })
    }
  })

  test('another value of the header is refused, with those that are allowed', async () => {
    const reply = await gateway.chat({ model: 'cut/prefill', stream: true }, { 'x-waygate-stream-rescue': 'yes' })
    expect(reply.status).toBe(400)
    expect(await reply.text()).toContain('X-Waygate-Stream-Rescue must be continue or off.')
  })

  test('a reply that is no stream is fetched elsewhere as ever', async () => {
    const reply = asObject(await (await gateway.chat({ model: 'cut/prefill', provider: inOrder }, on)).json())
    expect(at(reply, 'choices', 0, 'message', 'content')).toBe(whole)
    expect(at(reply, 'provider')).toBe('Prov B')
  })
})

describe('what the parts cost', () => {
  const usd = (nano: number): number => nano / 1e9

  test('is added up: the part that broke off is estimated, and the sum is marked as estimated', async () => {
    const read = await stream('cut/prefill')
    const sent = simulatedText(40).length
    const estimated = { prompt: hi, completion: Math.ceil(sent / 4) }
    const costs = [1_000 * estimated.prompt + 2_000 * estimated.completion, 2_000 * 41 + 4_000 * 20]
    // The prompt that the second endpoint read again is the operator's loss.
    const total = costs.reduce((sum, cost) => sum + cost) - 2_000 * 41
    const usage = asObject(read.chunks.at(-1)?.usage)
    expect(usage).toMatchObject({ prompt_tokens: estimated.prompt, completion_tokens: estimated.completion + 20 })
    expect(asNumber(usage['cost'])).toBeCloseTo(usd(total), 12)
    const stage = at(stagesOf(read.chunks), 0, 'data')
    expect([at(stage, 'from', 'cost_usd'), at(stage, 'to', 'cost_usd')]).toEqual(costs.map(usd))
    const { cost, promptCost, completionCost, otherCost, attempts, ...recorded } = await record(read.id)
    expect({ cost, parts: promptCost + completionCost + otherCost }).toEqual({ cost: total, parts: total })
    expect(attempts.map((attempt) => attempt.cost)).toEqual(costs)
    expect(recorded).toMatchObject({ provider: 'prov-b', costProvenance: 'estimated', cancelled: false })
    expect(new Set(attempts.map(({ upstreamId }) => upstreamId)).size).toBe(2)
    expect(await generation(gateway, read.id)).toMatchObject({
      total_cost: usd(total),
      provider_responses: [{ status: 502 }, { status: 200 }],
    })
  })

  test('of a provider that reports no usage is estimated from all that it wrote, and from the prompt once', async () => {
    const read = await stream('silent/usage')
    const sent = simulatedText(40).length
    const prompt = hi
    const completion = Math.ceil(sent / 4) + Math.ceil((whole.length - sent) / 4)
    expect(read.chunks.at(-1)?.usage).toMatchObject({ prompt_tokens: prompt, completion_tokens: completion })
  })

  test('is reported with the tier of the endpoint that began', async () => {
    const { id } = await stream('cut/prefill', { service_tier: 'flex' })
    expect(await record(id)).toMatchObject({ provider: 'prov-b', serviceTier: 'default' })
  })

  test('of those that did not join is on their own rows, and not charged', async () => {
    const read = await stream('refused/then-another')
    expectWhole(read)
    const { attempts, cost } = await record(read.id)
    expect(attempts.map(({ provider, status, errorKind }) => [provider, status, errorKind])).toEqual([
      ['prov-a', 502, 'provider_unavailable'],
      ['prov-b', 400, 'invalid_request'],
      ['prov-b', 0, 'diverged'],
      ['prov-b', 0, 'diverged'],
      ['prov-c', 200, null],
    ])
    // Of the endpoint that took over, the key pays the 20 tokens that were missing, and not the prompt.
    expect(cost).toBe((attempts[0]?.cost ?? 0) + 20 * 6_000)
  })
})

describe('13: a fallback that refuses to continue a turn', () => {
  test('gets a fresh request, and the client does not see the refusal', async () => {
    const read = await stream('refused/prefill')
    expectWhole(read)
    expect(calls(gateway).map(({ status }) => status)).toEqual([200, 400, 200])
    expect(at(stagesOf(read.chunks), 0, 'name')).toBe('replay')
  })

  test('and gives another text: the error is that of the first', async () => {
    const read = await stream('refused/all')
    expect(brokeOff(read)).toBe(true)
    expect(read.text).toBe(simulatedText(40))
    expect(read.chunks.at(-1)?.error).toMatchObject({ code: 502, metadata: { error_type: 'provider_unavailable' } })
    expect(read.chunks.at(-1)?.error?.message).toContain('Prov A cut its answer')
    expect(JSON.stringify(read.chunks)).not.toContain('prefill')
  })
})

describe('an answer that does not join', () => {
  test('is not forwarded: another text', async () => {
    const read = await stream('anew/other-words')
    expect(brokeOff(read)).toBe(true)
    expect(read.text).toBe(simulatedText(40))
    expect(read.chunks.at(-1)?.error?.message).toContain('Prov A')
    await expect
      .poll(() => calls(gateway).map(({ closedBy }) => closedBy))
      .toEqual(['server', expect.any(String), expect.any(String)])
    expect(await record(read.id)).toMatchObject({ cost: 0, finishReason: 'error' })
  })

  test('is not forwarded: another model that was asked to continue begins again', async () => {
    const read = await stream('cut/alone', { models: ['other/untold'] })
    expect(brokeOff(read)).toBe(true)
    expect(read.text).toBe(simulatedText(40))
    expect(called(gateway)).toEqual(['prov-a', 'prov-c'])
  })

  test('a model that repeats the whole turn in place of continuing it is treated as a replay', async () => {
    // A prefill of the client's own makes the simulator's continuation another text.
    const messages = [
      { role: 'user', content: 'hi' },
      { role: 'assistant', content: 'Well. ' },
    ]
    const read = await stream('anew/continued', { messages })
    expectWhole(read)
    expect(at(stagesOf(read.chunks), 0, 'name')).toBe('replay')
    const { attempts } = await record(read.id)
    expect(attempts.map(({ errorKind }) => errorKind)).toEqual(['provider_unavailable', null])
    expect(at(calls(gateway)[1]?.body, 'messages')).toEqual([
      { role: 'user', content: 'hi' },
      { role: 'assistant', content: `Well. ${simulatedText(40)}` },
    ])
  })
})

describe('endpoints that take over', () => {
  test('may be down: the next is called', async () => {
    expectWhole(await stream('down/first-rescuer'))
    expect(called(gateway)).toEqual(['prov-a', 'prov-b', 'prov-c'])
  })

  test('may all be down: the error is that of the first, and nothing is charged', async () => {
    const read = await stream('down/all')
    expect(brokeOff(read)).toBe(true)
    expect(read.chunks.at(-1)?.error?.message).toContain('without a finish reason')
    expect(await record(read.id)).toMatchObject({ cost: 0, provider: 'prov-a', finishReason: 'error' })
  })

  test('may break off too: a third continues, and both breaks are reported', async () => {
    const read = await stream('twice/broken')
    expectWhole(read)
    expect(stagesOf(read.chunks)).toMatchObject([
      {
        data: { after_characters: simulatedText(10).length, from: { provider: 'Prov A' }, to: { provider: 'Prov B' } },
      },
      {
        data: { after_characters: simulatedText(20).length, from: { provider: 'Prov B' }, to: { provider: 'Prov C' } },
      },
    ])
    const { attempts, ...charged } = await record(read.id)
    expect(attempts.map(({ status }) => status)).toEqual([502, 502, 200])
    expectPromptPaidOnce(attempts, charged)
  })

  test('may break off with no endpoint left: what was sent stays, with an error, free of charge for the client', async () => {
    const read = await stream('twice/lost')
    expect(brokeOff(read)).toBe(true)
    expect(read.text).toBe(simulatedText(20))
    const { attempts, cost } = await record(read.id)
    // What the two that broke off charge is the operator's loss.
    expect([cost, ...attempts.map((attempt) => attempt.cost > 0)]).toEqual([0, true, true, false, false])
    expect(attempts.map(({ status }) => status)).toEqual([502, 502, 502, 502])
  })

  test('are called six times at most', async () => {
    const read = await stream('many/rescuers', { provider: {} })
    expect(brokeOff(read)).toBe(true)
    expect(calls(gateway)).toHaveLength(7)
  })

  test('continue the turn that the client itself began', async () => {
    const begun = { role: 'assistant', content: 'The river' }
    const read = await stream('cut/prefill', { messages: [{ role: 'user', content: 'hi' }, begun] })
    expect(begun.content + read.text).toBe(whole)
    expect(at(stagesOf(read.chunks), 0, 'name')).toBe('prefill')
    const messages = at(calls(gateway)[1]?.body, 'messages')
    expect(messages).toEqual([
      { role: 'user', content: 'hi' },
      { role: 'assistant', content: simulatedText(42) },
    ])
  })

  test('show their requests, where the client asks for that', async () => {
    const read = await stream('cut/prefill', { debug: { echo_upstream_body: true } })
    expect(read.text).toBe(whole)
    expect(completed(read)).toBe(true)
    const shown = read.chunks.flatMap(({ debug }) => (debug === undefined ? [] : [debug.echo_upstream_body['model']]))
    expect(shown).toEqual(['cut-after-40+tokens-60+pace-1', 'tokens-60+cut'])
  })

  test('get the rest of the token limit, and do not think again', async () => {
    await stream('thoughts/text', { max_tokens: 1_000, reasoning: { effort: 'high' } })
    const [first, second] = calls(gateway).map(({ body }) => asObject(body))
    expect(first?.['max_tokens']).toBe(1_000)
    expect(asNumber(second?.['max_tokens'])).toBeLessThan(1_000)
    expect(asNumber(second?.['max_tokens'])).toBeGreaterThan(960)
    expect([first?.['reasoning_effort'], second?.['reasoning_effort']]).toEqual(['high', 'none'])
  })
})

describe('what is not gone on with', () => {
  test.each(['tool/open', 'tool/complete'])('%s', async (model) => {
    const read = await stream(model)
    expect(brokeOff(read)).toBe(true)
    expect(called(gateway)).toEqual(['prov-a'])
  })

  test.each([
    ['probabilities of tokens', { logprobs: true }],
    ['several answers', { n: 2 }],
  ])('%s', async (_, more) => {
    expect(brokeOff(await stream('cut/early', more))).toBe(true)
    expect(called(gateway)).toEqual(['prov-a'])
  })

  test('JSON cannot be continued from the middle: all of it is generated again', async () => {
    const read = await stream('cut/json', { response_format: { type: 'json_object' } })
    expect(JSON.parse(read.text)).toMatchObject({ count: expect.any(Number) })
    expect(stagesOf(read.chunks)).toMatchObject([{ name: 'replay', data: { after_characters: 16 } }])
    expect(called(gateway)).toEqual(['prov-a', 'prov-b'])
  })
})

describe('reasoning', () => {
  test('is sent once where text was sent', async () => {
    const read = await stream('thoughts/text')
    expectWhole(read)
    expect(reasoningOf(read.chunks)).toBe('First consider the question, then answer it.')
  })

  test('that broke off is followed by the text of a fresh answer, without its reasoning', async () => {
    const read = await stream('thoughts/alone')
    expectWhole(read)
    expect(reasoningOf(read.chunks)).toBe('First consider the')
    expect(stagesOf(read.chunks)).toMatchObject([{ name: 'replay', data: { after_characters: 0 } }])
  })
})

test('a text that continues a prompt is generated again', async () => {
  const response = await gateway.post(
    '/api/v1/completions',
    { model: 'legacy/text', prompt: 'hi', stream: true, provider: inOrder },
    on,
  )
  const read = await readStream(response)
  expect(read.text).toBe(whole)
  expect(completed(read)).toBe(true)
  expect(at(stagesOf(read.chunks), 0, 'name')).toBe('replay')
})

describe('21: a client that disconnects', () => {
  /** Disconnects once the second upstream has sent the given number of chunks. */
  async function leave(model: string, chunks: number) {
    const leaving = new AbortController()
    const response = await fetch(`${gateway.url}/api/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json', ...on },
      body: JSON.stringify({ model, provider: inOrder, stream: true, messages: [{ role: 'user', content: 'hi' }] }),
      signal: leaving.signal,
    })
    const id = asText(response.headers.get('x-generation-id'))
    const second = (is: (call: JournalEntry) => boolean) => eventually(() => calls(gateway).slice(1, 2).find(is))
    await second(({ chunksSent }) => chunksSent >= chunks)
    const leftAt = Date.now()
    leaving.abort()
    const call = await second(({ closedAt }) => closedAt !== null)
    expect(call.closedBy).toBe('client')
    expect(Date.parse(asText(call.closedAt)) - leftAt).toBeLessThanOrEqual(250)
    expect(calls(gateway)).toHaveLength(2)
    return record(id)
  }

  test('after the seam pays for both parts', async () => {
    const { attempts, cancelled, ...charged } = await leave('slow/rescuer', 4)
    expect(cancelled).toBe(true)
    expect(attempts.map(({ kind }) => kind)).toEqual(['first', 'rescue'])
    expectPromptPaidOnce(attempts, charged)
  })

  test('before another endpoint has taken over pays for what was sent, and no other endpoint is called', async () => {
    const { attempts, cancelled, cost } = await leave('slow/silent-rescuer', 0)
    expect(cancelled).toBe(true)
    expect(attempts).toMatchObject([
      { provider: 'prov-a', cost },
      { provider: 'prov-b', status: 0, errorKind: null, cost: 0 },
    ])
    expect(cost).toBeGreaterThan(0)
  })
})

describe('switched on in the configuration', () => {
  let eager: TestGateway
  beforeAll(async () => {
    eager = await startGateway({ models, stream_rescue: 'continue', timeouts: { total_ms: 1_000 } })
  })
  afterAll(() => eager.close())

  const chat = async (headers: Readonly<Record<string, string>>, model = 'cut/prefill') =>
    readStream(await eager.chat({ model, provider: inOrder, stream: true }, headers))

  test('streams continue by default, unless the request sets it otherwise', async () => {
    expect((await chat({})).text).toBe(whole)
    expect(brokeOff(await chat(off))).toBe(true)
  })
  test('no call begins after the time for the whole answer', async () => {
    const read = await chat({}, 'slow/all')
    expect(brokeOff(read)).toBe(true)
    expect((await generation(eager, read.chunks[0]?.id))['provider_responses']).toHaveLength(1)
  })
})

describe('in another language', () => {
  const languages = ['messages', 'converse', 'generate-content']
  let simulator: Simulator
  let mixed: TestGateway
  beforeAll(async () => {
    simulator = await startSimulator()
    const provider = (slug: string, protocol: string) => ({
      name: slug,
      protocol,
      base_url: `${simulator.url}/${slug}/v1`,
      api_key: 'upstream-secret',
    })
    const providers = Object.fromEntries(languages.map((language) => [language, provider(language, language)]))
    const others = Object.fromEntries(
      languages.flatMap((language) =>
        Array.from({ length: 12 }, (_, after) => [
          `${language}/${after}`,
          {
            endpoints: [
              { provider: 'prov-a', model: `eof-after-${after + 1}+chunk-5+tokens-60` },
              { provider: language, model: 'tokens-60', prefill: true },
            ],
          },
        ]),
      ),
    )
    mixed = await startGateway({
      stream_rescue: 'continue',
      providers: { ...providers, 'prov-a': provider('prov-a', 'chat-completions') },
      models: { 'acme/m1': others['messages/0'], 'acme/m2': others['messages/0'], ...others },
    })
  })
  afterAll(async () => {
    await mixed.close()
    await simulator.close()
  })

  // Some texts end in white space, which is not sent upstream and must not appear twice.
  test.each(languages)('%s continues, wherever the text was cut', async (language) => {
    for (let after = 0; after < 12; after++) {
      const model = `${language}/${after}`
      const reply = await mixed.chat({ model, stream: true, provider: { order: ['prov-a', language] } }, on)
      const read = await readStream(reply)
      expect({ model, text: read.text, completed: completed(read) }).toEqual({ model, text: whole, completed: true })
      expect(stagesOf(read.chunks)).toMatchObject([{ name: 'prefill', data: { after_characters: 5 * (after + 1) } }])
    }
  })
})
