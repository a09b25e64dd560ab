import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { ErrorKind, Retry } from '../canonical/errors.ts'
import type { EndpointHealth } from '../health/endpoint-health.ts'
import { createEndpointHealth } from '../health/create-endpoint-health.ts'
import type { CallBatch } from '../canonical/generation-event.ts'
import {
  answers,
  candidateOf,
  endpointOf,
  fails,
  sendsText,
  ScriptedCalls,
  spends,
  stateOf,
  usually,
} from './testing/scripted-calls.ts'
import { memoryState } from '../storage/shared-state/memory-state.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const [a, b, c] = ['a', 'b', 'c'].map((id) => candidateOf(endpointOf(id)))
const other = candidateOf(endpointOf('other', { model: 'acme/m2' }))
if (a === undefined || b === undefined || c === undefined) throw new Error('There are three.')

const failing = (kind: ErrorKind, scope: Retry['scope'], afterMs?: number) => [[fails(kind, scope, afterMs)]]
const limited = (afterMs?: number) => failing('rate_limit_exceeded', 'next-credential', afterMs)
const broken = failing('provider_unavailable', 'same')
const fine = [answers('fine')]

/** Runs to the end, whatever time that takes. */
async function ended(script: ConstructorParameters<typeof ScriptedCalls>[0]) {
  const calls = new ScriptedCalls(script)
  const running = calls.run()
  await vi.runAllTimersAsync()
  const turn = await running
  const error = turn.type === 'exhausted' ? turn.error : null
  return { calls, turn, answered: turn.type === 'exhausted' ? null : turn.candidate, error }
}

describe('a single failure', () => {
  test('is tried once more at the same endpoint, after a short time', async () => {
    const { calls, answered } = await ended({ candidates: [a, b], steps: { a: [...broken, answers('fine')], b: fine } })
    expect(calls.called).toEqual(['a', 'a'])
    expect(calls.times[1]).toBeGreaterThanOrEqual(50)
    expect(calls.times[1]).toBeLessThan(250)
    expect(answered).toBe(a)
    expect(calls.context.attempts).toMatchObject([
      { attempt: 1, kind: 'first', status: 502 },
      { attempt: 1, kind: 'retry', status: 200 },
    ])
  })

  test('that is repeated leads to the next endpoint', async () => {
    const { calls } = await ended({ candidates: [a, b], steps: { a: broken, b: fine } })
    expect(calls.called).toEqual(['a', 'a', 'b'])
    expect(calls.context.attempts.map(({ attempt, kind }) => [attempt, kind])).toEqual([
      [1, 'first'],
      [1, 'retry'],
      [2, 'first'],
    ])
  })

  test('that names a time is not tried again at once: other endpoints come first', async () => {
    const named = failing('provider_unavailable', 'same', 2_000)
    const { calls } = await ended({ candidates: [a, b], steps: { a: named, b: fine } })
    expect(calls.called).toEqual(['a', 'b'])
    expect(calls.times[1]).toBe(0)
  })
})

test('a silent endpoint is called once', async () => {
  const { calls } = await ended({ candidates: [a, b], steps: { a: [[]], b: fine } })
  expect(calls.called).toEqual(['a', 'b'])
  expect(calls.times).toEqual([0, 12_000])
  expect(calls.calls.map(({ patience }) => patience)).toMatchObject([
    { answerMs: 12_000, commentsCount: false },
    { answerMs: 100_000, commentsCount: false },
  ])
})

test('another credential of the same endpoint is not another endpoint', async () => {
  const { calls } = await ended({ candidates: [a, candidateOf(a.endpoint, 1)], steps: { a: fine } })
  expect(calls.calls[0]?.patience.answerMs).toBe(100_000)
})

describe('a whole reply', () => {
  const json = { stream: false, maxTokens: 10 } as const
  const only = candidateOf(endpointOf('a'))

  test('is not waited for at a silent endpoint while there is another', async () => {
    const { calls, answered } = await ended({ ...json, candidates: [a, b], steps: { a: [[]], b: fine } })
    expect(calls.times).toEqual([0, 12_450])
    expect(answered).toBe(b)
  })

  test('of the only endpoint is waited for as long as there is time', async () => {
    const late = [answers('late', 500_000)]
    const { calls, answered } = await ended({
      ...json,
      candidates: [a, candidateOf(a.endpoint, 1)],
      steps: { a: late },
    })
    expect(calls.called).toEqual(['a'])
    expect(answered).toBe(a)
  })

  test('leaves time for the second endpoint', async () => {
    const { calls, answered } = await ended({
      ...json,
      candidates: [a, b],
      steps: { a: [[]], b: fine },
      totalMs: 6_000,
    })
    expect(calls.times).toEqual([0, 3_000])
    expect(answered).toBe(b)
  })

  /** Calls one after the other, all read to the end. */
  async function learned(health: EndpointHealth, count: number, maxTokens: number | undefined, ms: number) {
    const script = { candidates: [only], steps: { a: [answers('x', ms)] }, stream: false, maxTokens, health }
    for (let call = 0; call < count; call++) {
      const calls = new ScriptedCalls(script)
      const running = calls.run()
      await vi.runAllTimersAsync()
      const turn = await running
      if (turn.type === 'committed') await Array.fromAsync(turn.rest)
    }
  }
  const clock = { now: () => Date.now(), monotonic: () => performance.now() }
  const fresh = () =>
    createEndpointHealth({ clock, facts: memoryState().facts, outageWindowMs: 30_000, probeIntervalMs: 10_000 })
  const waited = async (health: EndpointHealth, maxTokens: number | undefined) => {
    const { calls } = await ended({ candidates: [a, b], steps: { a: [[]], b: fine }, stream: false, maxTokens, health })
    return calls.times[1]
  }

  test('is waited for as is usual for as many tokens: long answers do not make short ones wait', async () => {
    const health = fresh()
    await learned(health, 20, 10, 1_000)
    await learned(health, 20, 4_000, 50_000)
    // Within 5 %, as all measurements are.
    expect(await waited(health, 10)).toBeCloseTo(3_000, -3)
    expect((await waited(health, 10)) ?? 0).toBeLessThan(3_200)
    expect((await waited(health, 4_000)) ?? 0).toBeGreaterThan(142_000)
    // No request without a limit was made yet, so nothing is known.
    expect(await waited(health, undefined)).toBe(57_000)
  })

  test('that never came is no measurement', async () => {
    const health = fresh()
    for (let call = 0; call < 30; call++) await waited(health, 10)
    expect(await waited(health, 10)).toBe(12_450)
  })
})

test('an endpoint that fails slowly is not called again', async () => {
  const closesAfter = (ms: number) => [[ms, ...(broken[0] ?? [])], answers('fine')]
  const quick = await ended({ candidates: [a, b], steps: { a: closesAfter(4_000), b: fine } })
  expect(quick.calls.called).toEqual(['a', 'a'])
  const slow = await ended({ candidates: [a, b], steps: { a: closesAfter(6_000), b: fine } })
  expect(slow.calls.called).toEqual(['a', 'b'])
  const only = await ended({ candidates: [a], steps: { a: closesAfter(90_000) } })
  expect(only.calls.called).toEqual(['a'])
  expect(only.error?.kind).toBe('provider_unavailable')
})

describe('Retry-After', () => {
  test.each([
    [1_000, 1_000],
    [3_000, 3_000],
  ])('of %i ms is waited out before another model is tried', async (afterMs, least) => {
    const { calls } = await ended({
      candidates: [a, other],
      steps: { a: [...limited(afterMs), answers('fine')], other: fine },
    })
    expect(calls.called).toEqual(['a', 'a'])
    expect(calls.times[1]).toBeGreaterThanOrEqual(least)
    expect(calls.times[1]).toBeLessThanOrEqual(least + 500)
  })

  test.each([3_001, undefined])('of %s ms is not', async (afterMs) => {
    const { calls } = await ended({ candidates: [a, other], steps: { a: limited(afterMs), other: fine } })
    expect([calls.called, calls.times]).toEqual([
      ['a', 'other'],
      [0, 0],
    ])
  })

  test('is not waited out while another endpoint of the model is left, which then counts as time waited', async () => {
    const { calls } = await ended({
      candidates: [a, b, other],
      steps: {
        a: [...limited(2_000), answers('fine')],
        b: [[1_500, fails('provider_overloaded', 'next-endpoint')]],
        other: fine,
      },
    })
    expect(calls.called).toEqual(['a', 'b', 'a'])
    expect(calls.times[2]).toBeGreaterThanOrEqual(2_000)
    expect(calls.times[2]).toBeLessThanOrEqual(2_500)
  })

  test('of several: the first that is due, and once a model', async () => {
    const { calls, error } = await ended({ candidates: [a, b], steps: { a: limited(3_000), b: limited(1_000) } })
    expect(calls.called).toEqual(['a', 'b', 'b'])
    expect(calls.times[2]).toBeLessThanOrEqual(1_500)
    expect(error).toMatchObject({
      kind: 'rate_limit_exceeded',
      details: { availability: { code: 'capacity_exhausted' }, headers: { 'Retry-After': '1' } },
    })
  })

  test('each model is waited for once', async () => {
    const { calls } = await ended({ candidates: [a, other], steps: { a: limited(1_000), other: limited(2_000) } })
    expect(calls.called).toEqual(['a', 'a', 'other', 'other'])
  })

  test('is ignored once another failure rules out the model', async () => {
    const refused = failing('content_policy_violation', 'next-model')
    const { calls } = await ended({ candidates: [a, b, other], steps: { a: limited(1_000), b: refused, other: fine } })
    expect([calls.called, calls.times]).toEqual([
      ['a', 'b', 'other'],
      [0, 0, 0],
    ])
  })

  test('is not waited for beyond the time of the whole', async () => {
    const { calls } = await ended({ candidates: [a], steps: { a: limited(2_000) }, totalMs: 1_000 })
    expect(calls.called).toEqual(['a'])
    expect(performance.now() - calls.context.startedAt).toBeLessThanOrEqual(1_000)
  })
})

describe('what is refused', () => {
  test('for its length goes on to larger windows of the model only, and to other models of any size', async () => {
    const window = (id: string, contextLength: number | null) => endpointOf(id, { contextLength })
    const candidates = [
      candidateOf(window('tight', 1_000)),
      candidateOf(window('tight', 1_000), 1),
      candidateOf(window('same', 1_000)),
      candidateOf(window('wide', 2_000)),
      candidateOf(window('untold', null)),
      candidateOf(window('untold', null), 1),
      candidateOf({ ...window('other', 10), model: 'acme/m2' }),
    ]
    const tooLong = failing('context_length_exceeded', 'larger-context')
    const steps = { tight: tooLong, wide: tooLong, untold: tooLong, other: fine }
    expect((await ended({ candidates, steps })).calls.called).toEqual(['tight', 'wide', 'untold', 'other'])
  })

  test('with the scope `never` is not tried anywhere else', async () => {
    const { calls, error } = await ended({ candidates: [a, b], steps: { a: failing('timeout', 'never'), b: fine } })
    expect(calls.called).toEqual(['a'])
    expect(error?.kind).toBe('timeout')
  })
})

describe('time', () => {
  test('that has run out ends the loop with the failures so far', async () => {
    const { calls, error } = await ended({ candidates: [a, b], steps: { a: [[]], b: [[]] }, totalMs: 5_000 })
    expect(calls.called).toEqual(['a', 'b'])
    expect(calls.times).toEqual([0, 2_500])
    expect(error?.details.previousErrors).toHaveLength(1)
  })

  test('limits the patience with the last candidate too', async () => {
    const { calls } = await ended({ candidates: [a], steps: { a: [[]] }, totalMs: 5_000 })
    expect(calls.calls[0]?.patience.answerMs).toBe(5_000)
  })
})

test('where the failures differ, the last one is reported, also after a delayed retry', async () => {
  const { error } = await ended({
    candidates: [a, b],
    steps: { a: limited(1_000), b: failing('provider_overloaded', 'next-endpoint') },
  })
  expect(error).toMatchObject({
    kind: 'rate_limit_exceeded',
    details: { previousErrors: [{ provider: 'B', code: 503 }] },
  })
})

test('a failed attempt costs what it reported, and the candidates that could take over are listed', async () => {
  const { calls, turn } = await ended({
    candidates: [a, b, c, other],
    steps: {
      a: [[spends(70), fails('provider_unavailable', 'next-endpoint')].flat()].map((batch) => [batch]),
      b: fine,
    },
  })
  expect(calls.context.attempts.map(({ cost }) => cost)).toEqual([70, 0])
  expect(turn.type === 'committed' && turn.remaining).toEqual([c, other])
})

const ending: CallBatch = [{ type: 'call-end', usage: {} }]

describe('hedging', () => {
  const hedged = { a: { at: 'p95', budget: 1 } } as const
  const states = { a: stateOf({ usualLatency: usually(100) }) }
  const common = { candidates: [a, b, c, other], states, hedged }

  test('does nothing where the first answers in time', async () => {
    const { calls, turn } = await ended({ ...common, steps: { a: [answers('from a', 99)], b: fine } })
    expect(calls.called).toEqual(['a'])
    expect(turn).toMatchObject({ candidate: a, remaining: [b, c, other] })
  })

  test('starts a second call when the first is late, aborts the slower, and keeps both on record', async () => {
    const calls = new ScriptedCalls({
      ...common,
      steps: { a: [[10, spends(7), 990, sendsText('from a')]], b: [answers('from b', 20)] },
    })
    const running = calls.run()
    await vi.runAllTimersAsync()
    const turn = await running
    expect(calls.called).toEqual(['a', 'b'])
    expect(calls.times).toEqual([0, 100])
    expect(calls.calls[0]).toMatchObject({ abortedAt: (calls.calls[0]?.begunAt ?? 0) + 120, isOver: true })
    expect(turn).toMatchObject({ candidate: b, remaining: [a, c, other] })
    expect(calls.context.attempts).toMatchObject([
      { endpoint: 'a', kind: 'first', status: 0, errorKind: 'cancelled', latency: 120, cost: 7 },
      { endpoint: 'b', kind: 'hedge', status: 200, errorKind: null, latency: 20 },
    ])
  })

  test('aborts the second where the first comes first after all', async () => {
    const { calls, turn } = await ended({
      ...common,
      steps: { a: [answers('from a', 130)], b: [answers('from b', 500)] },
    })
    expect(turn).toMatchObject({ candidate: a, remaining: [b, c, other] })
    expect(calls.calls[1]?.isOver).toBe(true)
    expect(calls.context.attempts).toMatchObject([
      { status: 200, attempt: 1 },
      { status: 0, errorKind: 'cancelled', attempt: 2 },
    ])
  })

  test('gives one answer where both come in the same moment', async () => {
    const { calls, answered } = await ended({
      ...common,
      steps: { a: [answers('from a', 150)], b: [answers('from b', 50)] },
    })
    expect(calls.context.attempts.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(calls.calls.find(({ candidate }) => candidate !== answered)?.isOver).toBe(true)
  })

  test('the second can fail while the first still answers, and the reverse', async () => {
    const overloaded = failing('provider_overloaded', 'next-endpoint')
    const first = await ended({ ...common, steps: { a: [answers('from a', 900)], b: overloaded } })
    expect(first.turn).toMatchObject({ candidate: a, remaining: [c, other] })
    const second = await ended({
      ...common,
      steps: { a: [[110, fails('provider_overloaded', 'next-endpoint')]], b: [answers('from b', 900)] },
    })
    expect(second.turn).toMatchObject({ candidate: b, remaining: [c, other] })
    expect(second.calls.context.attempts).toMatchObject([
      { status: 503, errorKind: 'provider_overloaded' },
      { status: 200, kind: 'hedge' },
    ])
  })

  test('where both fail both count, and neither is tried again', async () => {
    const { calls, answered } = await ended({
      ...common,
      steps: { a: [[200, ...(broken[0] ?? [])]], b: [[50, ...(broken[0] ?? [])]], c: fine },
    })
    expect(calls.called).toEqual(['a', 'b', 'c'])
    expect(answered).toBe(c)
  })

  test('where both fail, neither is called again if the other rules out the whole model', async () => {
    const { calls } = await ended({
      ...common,
      steps: {
        a: [[200, fails('content_policy_violation', 'next-model')]],
        b: [[200, fails('rate_limit_exceeded', 'next-credential', 1_000)]],
        other: fine,
      },
    })
    expect(calls.called).toEqual(['a', 'b', 'other'])
    expect(calls.times[2]).toBe(300)
  })

  test('a single failure in time is tried again as without hedging', async () => {
    const { calls } = await ended({ ...common, steps: { a: [...broken, answers('fine')], b: fine } })
    expect(calls.called).toEqual(['a', 'a'])
  })

  test('stops both when the client leaves', async () => {
    const calls = new ScriptedCalls({ ...common, steps: { a: [[]], b: [[]] } })
    const running = calls.run()
    await vi.advanceTimersByTimeAsync(150)
    calls.client.abort()
    await vi.advanceTimersByTimeAsync(1)
    expect((await running).type).toBe('exhausted')
    expect(calls.called).toEqual(['a', 'b'])
    expect(calls.calls.every(({ isOver }) => isOver)).toBe(true)
    expect(calls.context.attempts).toMatchObject([
      { status: 0, errorKind: null },
      { status: 0, errorKind: null },
    ])
  })

  test('of two calls that a client abandons, only the first is charged', async () => {
    const calls = new ScriptedCalls({ ...common, steps: { a: [[]], b: [[]] } })
    const running = calls.run()
    await vi.advanceTimersByTimeAsync(150)
    calls.client.abort()
    await vi.advanceTimersByTimeAsync(1)
    expect((await running).undelivered).toMatchObject([{ endpoint: { id: 'a' }, events: [] }])
  })

  test('counts towards the calls that a request makes', async () => {
    const steps = { a: [answers('from a', 900)], b: [answers('from b', 20)] }
    const { calls, answered } = await ended({ ...common, mostCalls: 1, steps })
    expect(calls.called).toEqual(['a'])
    expect(answered).toBe(a)
  })

  test('of two answers at once that do not fit, the second is delivered', async () => {
    const unfit = (at: number) =>
      [at, [{ type: 'finish', choice: 0, reason: 'stop', native: 'schema_mismatch', isUnfit: true }], ending] as const
    const { calls, answered } = await ended({ ...common, steps: { a: [unfit(150)], b: [unfit(80)], c: fine } })
    expect(calls.called).toEqual(['a', 'b'])
    expect(answered).toBe(b)
  })

  test('can still be stopped by the client after one call has won', async () => {
    const calls = new ScriptedCalls({ ...common, steps: { a: [[]], b: [[20, sendsText('from b')]] } })
    const running = calls.run()
    await vi.advanceTimersByTimeAsync(150)
    const turn = await running
    if (turn.type === 'exhausted') throw new Error('b answers.')
    const iterator = turn.rest[Symbol.asyncIterator]()
    const next = iterator.next()
    calls.client.abort()
    await vi.advanceTimersByTimeAsync(1)
    expect(await next).toMatchObject({ value: [{ type: 'error' }] })
  })

  test('makes no signals of its own where it cannot happen', async () => {
    const { calls } = await ended({ ...common, states: {}, steps: { a: fine } })
    expect(calls.calls[0]?.signal).toBe(calls.client.signal)
    const json = await ended({ ...common, stream: false, steps: { a: [answers('late', 5_000)], b: fine } })
    expect(json.calls.called).toEqual(['a'])
    expect(json.calls.calls[0]?.signal).toBe(json.calls.client.signal)
  })
})
