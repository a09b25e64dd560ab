import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { JournalEntry } from '../../src/simulator/journal.ts'
import { simulatedText } from '../../src/simulator/simulated-text.ts'
import { behaving, startGateway, type TestGateway } from '../gateway.ts'
import { readStream } from '../sse.ts'
import { useVirtualTime } from '../virtual-time.ts'
import { completed, operations, readReply } from './operations.ts'

useVirtualTime()

/** Real waits would be 10 s and 20 s: here every second is a fifth of one. */
const limitMs = 2_000
const slowMs = 4_000
const slackMs = 250

const windowed = (provider: string, model: string, context_length: number) => ({ provider, model, context_length })
const reasoner = (behaviour: string) => ({ reasoning: {}, ...behaving(behaviour, 'steady') })
const lowRuns = Array.from({ length: 50 }, (_, run) => run)

const models = {
  'fault/limited-once': behaving('first-1-retry-after-2'),
  'fault/limited-once-elsewhere': behaving('first-1-retry-after-2+elsewhere', 'steady'),
  // Each model is at a provider of its own, because a refused credential is avoided for a long time.
  'fault/limited-for-long': { endpoints: [{ provider: 'prov-c', model: 'retry-after-30' }] },
  'fault/limited-always': behaving('retry-after-1+always'),
  'fault/limited': behaving('status-429', 'steady'),
  'fault/limited-model': behaving('first-1-retry-after-1+model'),
  'fault/blackhole': behaving('blackhole', 'steady'),
  'fault/slow': behaving(`slow-first-token-${slowMs}`, 'steady'),
  'fault/pinging': behaving(`ping-300+slow-first-token-${slowMs}`, 'steady'),
  'fault/pinging-reasoner': reasoner(`ping-300+slow-first-token-${slowMs}+reasoner`),
  'fault/silent-reasoner': reasoner(`slow-first-token-${slowMs}+reasoner`),
  'fault/filtered': behaving('content-filter', 'steady'),
  'fault/tight': {
    endpoints: [
      windowed('prov-a', 'context-length', 1000),
      windowed('prov-b', 'steady', 1000),
      windowed('prov-c', 'steady', 2000),
    ],
  },
  ...Object.fromEntries(
    lowRuns.flatMap((run) => [
      [`fault/500-${run}`, behaving(`first-1-status-500+run-${run}`)],
      [`fault/reset-${run}`, behaving(`first-1-reset+run-${run}`)],
    ]),
  ),
}

const begun = ({ at }: JournalEntry): number => Date.parse(at)

describe.each(operations)('$name', ({ path, ask }) => {
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await startGateway({ models, timeouts: { first_token_ms: limitMs } }, undefined, seeded())
  })
  afterAll(() => gateway.close())
  beforeEach(() => gateway.simulator.clearJournal())

  const post = (model: string, more: Readonly<Record<string, unknown>> = {}) =>
    gateway.post(path, { model, provider: { order: ['prov-a', 'prov-b', 'prov-c'] }, ...ask, ...more })
  const stream = async (model: string, more = {}) => readStream(await post(model, { stream: true, ...more }))
  const journal = () => gateway.simulator.journal()
  const calls = (): readonly string[] => journal().map((entry) => entry.path.slice(1, 7))
  /** Returns the milliseconds between the first two calls. */
  const gap = (): number => {
    const [first, second] = journal()
    if (first === undefined || second === undefined) throw new Error('There were not two calls.')
    return begun(second) - begun(first)
  }
  const record = async (response: Response): Promise<readonly object[]> => {
    const { data } = Object(
      await (await gateway.get(`/api/v1/generation?id=${response.headers.get('x-generation-id')}`)).json(),
    )
    return data.provider_responses
  }

  describe('1: a 429 that names two seconds', () => {
    test('is waited out where there is nowhere else to go', async () => {
      const read = await stream('fault/limited-once')
      expect(completed(read)).toBe(true)
      expect(read.text).toBe(simulatedText(12))
      expect(calls()).toEqual(['prov-a', 'prov-a'])
      expect(gap()).toBeGreaterThanOrEqual(1_900)
      expect(gap()).toBeLessThanOrEqual(3_000)
    })

    test('leads to another endpoint at once where there is one', async () => {
      expect(await stream('fault/limited-once-elsewhere')).toMatchObject({ text: simulatedText(12) })
      expect(calls()).toEqual(['prov-a', 'prov-b'])
      expect(gap()).toBeLessThan(slackMs)
    })

    test('or one second is waited out before another model is tried, but thirty are not', async () => {
      expect(await readReply(await post('fault/limited-model', { models: ['acme/m2'] }))).toMatchObject({
        model: 'fault/limited-model',
      })
      expect(calls()).toEqual(['prov-a', 'prov-a'])
      gateway.simulator.clearJournal()
      expect(await readReply(await post('fault/limited-for-long', { models: ['acme/m2'] }))).toMatchObject({
        model: 'acme/m2',
      })
      expect(gap()).toBeLessThan(slackMs)
    })
  })

  describe('2: a 429 that does not end', () => {
    test('and names no time is not retried: the next endpoint answers', async () => {
      expect(await stream('fault/limited')).toMatchObject({ text: simulatedText(12) })
      expect(calls()).toEqual(['prov-a', 'prov-b'])
      expect(gap()).toBeLessThan(5_000)
    })

    test('is passed on with its Retry-After where there is nowhere to go, after few calls', async () => {
      const response = await post('fault/limited-always')
      expect([response.status, response.headers.get('retry-after')]).toEqual([429, '1'])
      expect(calls()).toEqual(['prov-a', 'prov-a'])
    })
  })

  test.each(['500', 'reset'])('3: one %s is rescued where it happened, 500 times, unseen and spread', async (fault) => {
    const gaps: number[] = []
    for (let round = 0; round < 10; round++) {
      gateway.simulator.clearJournal()
      const reads = await Promise.all(
        lowRuns.map(async (run) => {
          const startedAt = performance.now()
          const read = await stream(`fault/${fault}-${run}`)
          return { ok: completed(read) && read.text === simulatedText(12), ms: performance.now() - startedAt }
        }),
      )
      expect(reads.filter(({ ok }) => !ok)).toEqual([])
      expect(Math.max(...reads.map(({ ms }) => ms))).toBeLessThanOrEqual(1_500)
      expect(calls()).toHaveLength(2 * lowRuns.length)
      for (const [first, second] of Map.groupBy(journal(), ({ body }) => Object(body).model).values()) {
        if (first !== undefined && second !== undefined) gaps.push(begun(second) - begun(first))
      }
    }
    const mean = gaps.reduce((sum, ms) => sum + ms, 0) / gaps.length
    const deviation = Math.sqrt(gaps.reduce((sum, ms) => sum + (ms - mean) ** 2, 0) / gaps.length)
    // An even distribution over 200 ms has a deviation of 58 ms.
    expect(deviation).toBeGreaterThan(30)
  })

  test('4: a black hole is given up at the limit, after one call', async () => {
    const startedAt = performance.now()
    const response = await post('fault/blackhole', { stream: true })
    expect(await readStream(response)).toMatchObject({ text: simulatedText(12) })
    expect(performance.now() - startedAt).toBeLessThan(limitMs + 2 * slackMs)
    expect(calls()).toEqual(['prov-a', 'prov-b'])
    // The limit begins a moment before the first call arrives.
    expect(gap()).toBeGreaterThanOrEqual(limitMs - 50)
    expect(gap()).toBeLessThanOrEqual(limitMs + slackMs)
    expect(await record(response)).toMatchObject([
      { status: 504, provider_name: 'Prov A' },
      { status: 200, provider_name: 'Prov B' },
    ])
  })

  test.each(['fault/slow', 'fault/pinging', 'fault/silent-reasoner'])(
    '5: %s: the gateway does not wait for a late first token',
    async (model) => {
      const response = await post(model, { stream: true })
      expect(await readStream(response)).toMatchObject({ text: simulatedText(12) })
      expect(calls()).toEqual(['prov-a', 'prov-b'])
      // Late means half a second of ten, so a tenth of two.
      expect(gap()).toBeLessThanOrEqual(limitMs + 100)
      const [slow, rescuer] = journal()
      expect(slow).toMatchObject({ closedBy: 'client', chunksSent: 0 })
      expect(Date.parse(slow?.closedAt ?? '') - Date.parse(rescuer?.at ?? '')).toBeLessThanOrEqual(100)
      expect(await record(response)).toMatchObject([
        { status: 504, latency: expect.closeTo(limitMs, -3) },
        { status: 200 },
      ])
    },
  )

  test('comments of an upstream are signs of life of a model that reasons', async () => {
    expect(await stream('fault/pinging-reasoner')).toMatchObject({ text: simulatedText(12) })
    expect(calls()).toEqual(['prov-a'])
  })

  describe('18: what the model refuses', () => {
    test('as too long goes to a larger window only', async () => {
      expect(await readReply(await post('fault/tight'))).toMatchObject({ provider: 'Prov C' })
      expect(calls()).toEqual(['prov-a', 'prov-c'])
    })

    test('by its content is not retried on the same model, and the refusal keeps its message', async () => {
      const response = await post('fault/filtered')
      const { error } = await readReply(response)
      expect(response.status).toBe(400)
      expect(calls()).toEqual(['prov-a'])
      const raw = Object(error?.metadata?.['raw']).error
      expect(raw).toMatchObject({ code: 'content_filter', message: expect.stringMatching(/./) })
      expect(error).toMatchObject({
        message: raw.message,
        metadata: {
          error_type: 'content_policy_violation',
          provider_code: 'content_filter',
          provider_name: 'Prov A',
        },
      })
    })
  })
})

/** Pseudo-random numbers, the same in every run. The first is small, so that routing chooses the first endpoint of the list. */
function seeded(): () => number {
  let state = 1
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}
