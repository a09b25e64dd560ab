import * as fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { ErrorKind, Retry } from '../canonical/errors.ts'
import type { Candidate } from '../health/candidate.ts'
import {
  answers,
  type Call,
  candidateOf,
  endpointOf,
  fails,
  ScriptedCalls,
  stateOf,
  type Step,
  usually,
} from './testing/scripted-calls.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const scopes: readonly Retry['scope'][] = [
  'same',
  'next-credential',
  'next-endpoint',
  'larger-context',
  'next-model',
  'never',
]
const kinds: readonly ErrorKind[] = ['provider_unavailable', 'rate_limit_exceeded', 'provider_overloaded', 'not_found']
const lateMs = 500

const steps: fc.Arbitrary<readonly Step[]> = fc.oneof(
  { weight: 1, arbitrary: fc.nat(2_000).map((ms) => answers('fine', ms)) },
  {
    weight: 4,
    arbitrary: fc
      .record({
        ms: fc.nat(2_000),
        scope: fc.constantFrom(...scopes),
        kind: fc.constantFrom(...kinds),
        afterMs: fc.option(fc.nat(6_000), { nil: undefined }),
      })
      .map(({ ms, scope, kind, afterMs }) => [ms, fails(kind, scope, afterMs)]),
  },
  { weight: 1, arbitrary: fc.constant([]) },
)

const candidates: fc.Arbitrary<readonly Candidate[]> = fc
  .array(
    fc.record({
      model: fc.constantFrom('acme/m1', 'acme/m2', 'acme/m3'),
      contextLength: fc.constantFrom(null, 1_000, 2_000),
      credentials: fc.integer({ min: 1, max: 2 }),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((endpoints) =>
    endpoints.flatMap(({ credentials, ...given }, place) => {
      const endpoint = endpointOf(`e${place}`, given)
      return Array.from({ length: credentials }, (_, index) => candidateOf(endpoint, index))
    }),
  )

const scripts = fc.record({
  candidates,
  steps: fc.dictionary(fc.constantFrom('e0', 'e1', 'e2', 'e3', 'e4', 'e5'), fc.array(steps, { maxLength: 5 })),
  isHedged: fc.boolean(),
  stream: fc.boolean(),
  totalMs: fc.constantFrom(3_000, 20_000, 600_000),
})

test('whatever fails in whatever order: no useless call, no endless wait, consistent entries', async () => {
  await fc.assert(
    fc.asyncProperty(scripts, async ({ isHedged, ...script }) => {
      const ids = script.candidates.map(({ endpoint }) => endpoint.id)
      const scripted = new ScriptedCalls({
        ...script,
        states: Object.fromEntries(ids.map((id) => [id, stateOf({ usualLatency: usually(lateMs) })])),
        hedged: isHedged ? Object.fromEntries(ids.map((id) => [id, { at: 'p95', budget: 1 }])) : {},
      })
      const running = scripted.run()
      await vi.runAllTimersAsync()
      const turn = await running
      const { calls, context } = scripted

      for (const call of calls) {
        const later = calls.filter(({ begunAt }) => begunAt >= (call.settledAt ?? Infinity) && call.failure !== null)
        const after = later.filter((other) => calls.indexOf(other) > calls.indexOf(call))
        for (const other of after) expect(mayFollow(call, other)).toBe(true)
      }
      // Two tries at first, and two at a delayed retry.
      for (const candidate of script.candidates) {
        expect(calls.filter((call) => call.candidate === candidate).length).toBeLessThanOrEqual(4)
        if (!calls.some(({ failure }) => (failure?.afterMs ?? Infinity) <= 3_000)) {
          expect(calls.filter((call) => call.candidate === candidate).length).toBeLessThanOrEqual(2)
        }
      }
      expect(Math.max(0, ...idle(calls))).toBeLessThanOrEqual(3_500)
      expect(calls.every(({ begunAt }) => begunAt - context.startedAt < script.totalMs)).toBe(true)
      expect(script.stream && isHedged ? 2 : 1).toBeGreaterThanOrEqual(mostAtOnce(calls))

      expect(context.attempts.map(({ endpoint }) => endpoint)).toEqual(scripted.called)
      const answered = context.attempts.filter(({ status }) => status === 200)
      expect(answered).toHaveLength(turn.type === 'exhausted' ? 0 : 1)
      if (turn.type === 'committed') {
        expect(answered).toEqual([turn.entry])
        expect(turn.remaining).not.toContain(turn.candidate)
        expect(new Set(turn.remaining).size).toBe(turn.remaining.length)
      } else {
        expect(turn.error.status).toBeGreaterThanOrEqual(400)
      }
      for (const [index, entry] of context.attempts.entries()) {
        const before = context.attempts[index - 1]
        expect(entry.attempt - (before?.attempt ?? 0)).toBe(entry.endpoint === before?.endpoint ? 0 : 1)
        expect(entry.errorKind === null).toBe(entry.status === 200)
        expect(entry.errorKind === 'cancelled').toBe(entry.status === 0)
      }
      const unfinished = calls.filter(({ isOver }) => !isOver)
      expect(unfinished.length).toBeLessThanOrEqual(turn.type === 'exhausted' ? 0 : 1)
    }),
    { numRuns: 1_000 },
  )
})

/** Tells whether a later call can be useful after a failure. */
function mayFollow({ candidate: { endpoint }, failure }: Call, later: Call): boolean {
  const { endpoint: next } = later.candidate
  switch (failure?.scope) {
    case 'never':
      return false
    case 'next-model':
      return next.model !== endpoint.model
    case 'larger-context':
      return next.model !== endpoint.model || (next.contextLength ?? Infinity) > (endpoint.contextLength ?? 0)
    default:
      return true
  }
}

/** The stretches in which nothing was called, in milliseconds. */
function idle(calls: readonly Call[]): readonly number[] {
  return calls.slice(1).map((call, index) => {
    const before = calls.slice(0, index + 1).map(({ settledAt }) => settledAt ?? Infinity)
    return call.begunAt - Math.max(...before)
  })
}

function mostAtOnce(calls: readonly Call[]): number {
  const running = (at: number): number =>
    calls.filter(({ begunAt, settledAt }) => begunAt <= at && (settledAt ?? Infinity) > at).length
  return Math.max(0, ...calls.map(({ begunAt }) => running(begunAt)))
}
