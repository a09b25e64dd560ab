import * as fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import type { ErrorKind, Retry } from '../canonical/errors.ts'
import type { CallReport } from './candidate.ts'
import { failed, succeeded, WatchedEndpoints } from './testing/watched-endpoints.ts'

let endpoints: WatchedEndpoints
beforeEach(() => {
  endpoints = new WatchedEndpoints()
})

describe('what opens an outage (contract §6.3)', () => {
  test.each<[ErrorKind, Retry['scope'], string]>([
    ['provider_unavailable', 'next-endpoint', 'down'],
    ['provider_unavailable', 'same', 'down'],
    ['provider_overloaded', 'next-endpoint', 'down'],
    ['provider_timeout', 'next-endpoint', 'down'],
    ['not_found', 'next-endpoint', 'down'],
    ['provider_unavailable', 'next-credential', 'stable'],
    ['rate_limit_exceeded', 'next-credential', 'stable'],
    ['invalid_request', 'next-model', 'stable'],
    ['unprocessable', 'next-model', 'stable'],
    ['payload_too_large', 'next-endpoint', 'stable'],
    ['context_length_exceeded', 'larger-context', 'stable'],
    ['content_policy_violation', 'next-model', 'stable'],
    ['invalid_image', 'never', 'stable'],
    ['server', 'next-endpoint', 'stable'],
  ])('%s, %s, before an answer: %s', (kind, scope, condition) => {
    endpoints.fail({ kind, scope })
    expect(endpoints.condition).toBe(condition)
  })

  test.each<[ErrorKind, string]>([
    ['provider_unavailable', 'down'],
    ['invalid_request', 'down'],
    ['rate_limit_exceeded', 'stable'],
    ['content_policy_violation', 'stable'],
    ['context_length_exceeded', 'stable'],
    ['server', 'stable'],
  ])('%s in the middle of an answer: %s', (kind, condition) => {
    const call = endpoints.begin()
    call.answered()
    call.ended(failed({ kind }))
    expect(endpoints.condition).toBe(condition)
  })

  test('a reader that leaves does not', () => {
    endpoints.begin().abandoned()
    expect(endpoints.condition).toBe('stable')
  })

  test('what was never called has no state; what happens to one endpoint is no other’s concern', () => {
    endpoints.succeed({ id: 'two' })
    endpoints.fail()
    expect(endpoints.health.state('none')).toBeNull()
    expect(endpoints.health.state('two')?.condition).toBe('stable')
  })
})

describe('an outage', () => {
  test('ends 30 s after the last failure', () => {
    endpoints.fail()
    endpoints.pass(20_000)
    endpoints.fail()
    endpoints.pass(29_999)
    expect(endpoints.condition).not.toBe('stable')
    endpoints.pass(1)
    expect(endpoints.condition).toBe('stable')
  })

  test('is probed 10 s after a failure, by one call at a time', () => {
    endpoints.fail()
    endpoints.pass(9_999)
    expect(endpoints.condition).toBe('down')
    endpoints.pass(1)
    expect(endpoints.condition).toBe('probe-due')
    const probe = endpoints.begin()
    expect(endpoints.condition).toBe('probing')
    const other = endpoints.begin()
    other.abandoned()
    expect(endpoints.condition).toBe('probing')
    endpoints.pass(500)
    probe.ended(failed())
    expect(endpoints.condition).toBe('down')
    endpoints.pass(10_000)
    expect(endpoints.condition).toBe('probe-due')
  })

  test.each([
    ['as a probe', 10_000],
    ['as a last resort', 100],
  ])('ends at once when a later call succeeds %s', (_, pause) => {
    endpoints.fail()
    endpoints.pass(pause)
    endpoints.succeed()
    expect(endpoints.condition).toBe('stable')
  })

  test('a success during a probe ends it too, and the probe’s failure opens another', () => {
    endpoints.fail()
    endpoints.pass(10_000)
    const probe = endpoints.begin()
    endpoints.succeed()
    expect(endpoints.condition).toBe('stable')
    probe.ended(failed())
    expect(endpoints.condition).toBe('down')
  })

  test('does not end by the success of a call that began before', () => {
    const early = endpoints.begin()
    endpoints.pass(1)
    endpoints.fail()
    early.ended(succeeded)
    expect(endpoints.condition).toBe('down')
  })

  test('that opens anew after one that ran out is not ended by calls that began between them', () => {
    endpoints.fail()
    endpoints.pass(30_000)
    const between = endpoints.begin()
    endpoints.pass(1)
    endpoints.fail()
    between.ended(succeeded)
    expect(endpoints.condition).toBe('down')
  })

  test('an abandoned probe lets the next one go at once; a refused request waits its turn', () => {
    endpoints.fail()
    endpoints.pass(10_000)
    endpoints.begin().abandoned()
    expect(endpoints.condition).toBe('probe-due')
    endpoints.fail({ kind: 'invalid_request', scope: 'next-model' })
    expect(endpoints.condition).toBe('down')
    endpoints.pass(10_000)
    expect(endpoints.condition).toBe('probe-due')
  })

  test('does not run out while a probe is out; a probe that never ends gives way to another after a minute', () => {
    endpoints.fail()
    endpoints.pass(10_000)
    const lost = endpoints.begin()
    endpoints.pass(59_999)
    expect(endpoints.condition).toBe('probing')
    endpoints.pass(1)
    expect(endpoints.condition).toBe('probe-due')
    const next = endpoints.begin()
    expect(endpoints.condition).toBe('probing')
    lost.abandoned()
    expect(endpoints.condition).toBe('probing')
    next.ended(failed())
    expect(endpoints.condition).toBe('down')
  })
})

test('a primary that is down for a minute, one request a second: few see it, and it is back within 10 s', () => {
  const down = { from: endpoints.clock.time + 3_000, to: endpoints.clock.time + 63_000 }
  let attempts = 0
  let back: number | null = null
  for (let second = 0; second < 90; second++) {
    const at = endpoints.clock.time
    const condition = endpoints.condition ?? 'stable'
    if (condition === 'stable' || condition === 'probe-due') {
      if (at < down.from || at >= down.to) {
        endpoints.succeed()
        if (at >= down.to) back ??= at
      } else {
        attempts++
        endpoints.fail({ ms: 50 })
      }
    }
    endpoints.clock.time = at + 1000
  }
  expect(attempts).toBeLessThanOrEqual(5 + 60 / 10)
  expect(attempts).toBeGreaterThanOrEqual(5)
  expect((back ?? Infinity) - down.to).toBeLessThanOrEqual(10_000)
  expect(endpoints.condition).toBe('stable')
})

test('of 200 requests at once when a probe is due, one is it', () => {
  endpoints.fail()
  endpoints.pass(10_000)
  const calls: CallReport[] = []
  for (let request = 0; request < 200; request++) if (endpoints.condition === 'probe-due') calls.push(endpoints.begin())
  expect(calls).toHaveLength(1)
  endpoints.pass(100)
  calls[0]?.ended(succeeded)
  expect(endpoints.condition).toBe('stable')
})

/** What happens to one endpoint, in an order of chance. Ends are told to the call that has waited longest, or shortest. */
const happening = fc.oneof(
  { weight: 4, arbitrary: fc.constant('begin' as const) },
  { weight: 4, arbitrary: fc.constantFrom(1, 700, 5_000, 10_000, 29_000, 61_000) },
  {
    weight: 4,
    arbitrary: fc.record({
      which: fc.constantFrom(0, -1),
      how: fc.constantFrom('success', 'failure', 'refusal', 'abandoned'),
    }),
  },
)

interface Ended {
  readonly how: string
  readonly at: number
  readonly begunAt: number
}

test('whatever happens: one probe at a time, successes end outages, failures open them, and they run out', () => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 60 }), (happenings) => {
      const watched = new WatchedEndpoints()
      const { clock } = watched
      const open: { readonly call: CallReport; readonly begunAt: number; readonly isProbe: boolean }[] = []
      const past: Ended[] = []
      for (const what of happenings) {
        if (what === 'begin') {
          const isProbe = watched.condition === 'probe-due'
          open.push({ call: watched.begin(), begunAt: clock.time, isProbe })
          if (isProbe) expect(watched.condition).toBe('probing')
        } else if (typeof what === 'number') {
          watched.pass(what)
        } else {
          const [chosen] = open.splice(what.which, 1)
          if (chosen === undefined) continue
          if (what.how === 'abandoned') chosen.call.abandoned()
          else if (what.how === 'success') chosen.call.ended(succeeded)
          else chosen.call.ended(failed(what.how === 'refusal' ? { kind: 'invalid_request', scope: 'never' } : {}))
          past.push({ how: what.how, at: clock.time, begunAt: chosen.begunAt })
        }

        const now = clock.time
        const condition = watched.condition ?? 'stable'
        const probes = open.filter(({ isProbe, begunAt }) => isProbe && now < begunAt + 60_000)
        expect(probes.length).toBeLessThanOrEqual(1)
        if (condition === 'probing') expect(probes).toHaveLength(1)

        const last = past.findLastIndex(({ how }) => how === 'failure')
        const failure = past[last]
        const since = past.slice(last + 1).filter(({ how }) => how === 'success')
        if (failure === undefined || since.some(({ begunAt }) => begunAt > failure.at)) {
          expect(condition).toBe('stable')
        } else if (now < failure.at + 30_000 && since.length === 0) {
          expect(condition).not.toBe('stable')
        } else if (now >= failure.at + 30_000 && !open.some(({ isProbe }) => isProbe)) {
          expect(condition).toBe('stable')
        }
        if (failure !== undefined && now < failure.at + 10_000 && !open.some(({ isProbe }) => isProbe)) {
          expect(['stable', 'down', 'probe-due']).toContain(condition)
          if (condition === 'probe-due') expect(past.slice(last + 1).map(({ how }) => how)).toContain('abandoned')
        }
      }
    }),
    { numRuns: 2_000 },
  )
})
