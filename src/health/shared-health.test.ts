import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { memoryState } from '../storage/shared-state/memory-state.ts'
import { Subscriptions } from '../storage/shared-state/subscriptions.ts'
import type { Facts } from '../storage/stores/shared-state.ts'
import type { CallReport } from './candidate.ts'
import { begunProbes, endedCalls, toolReplies } from './call-facts.ts'
import { FakeClock, failed, succeeded, WatchedEndpoints } from './testing/watched-endpoints.ts'

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ node: fc.constantFrom(0, 1, 2), stream: fc.boolean() }) },
  { weight: 3, arbitrary: fc.constantFrom(1, 700, 5_000, 10_000, 29_000, 61_000) },
  {
    weight: 4,
    arbitrary: fc.record({
      which: fc.constantFrom(0, -1),
      how: fc.constantFrom('success', 'failure', 'refusal', 'limit', 'credential', 'answered', 'left'),
    }),
  },
)

function end(call: CallReport, how: string): void {
  switch (how) {
    case 'success':
      return call.ended({ type: 'call-end', usage: { completionTokens: 100 } })
    case 'failure':
      return call.ended(failed())
    case 'refusal':
      return call.ended(failed({ kind: 'invalid_request', scope: 'never' }))
    case 'limit':
      return call.ended(failed({ kind: 'rate_limit_exceeded', scope: 'next-credential', afterMs: 20_000 }))
    case 'credential':
      return call.ended(failed({ kind: 'provider_unavailable', scope: 'next-credential' }))
    case 'left':
      return call.abandoned()
  }
}

test('three nodes that hear each other at once know what one node would know', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const clock = new FakeClock()
      const subscribed = new Set<Subscriptions>()
      const nodes = Array.from({ length: 3 }, () => new WatchedEndpoints(memoryState(subscribed).facts, clock))
      const single = new WatchedEndpoints(undefined, clock)
      const open: { readonly shared: CallReport; readonly alone: CallReport; isAnswered?: true }[] = []
      for (const what of steps) {
        if (typeof what === 'number') clock.time += what
        else if ('node' in what) {
          const requested = { stream: what.stream, maxTokens: undefined }
          const shared = nodes[what.node]?.begin('one', 0, requested)
          if (shared !== undefined) open.push({ shared, alone: single.begin('one', 0, requested) })
        } else if (what.how === 'answered') {
          const chosen = open.at(what.which)
          if (chosen === undefined || chosen.isAnswered) continue
          chosen.isAnswered = true
          chosen.shared.answered()
          chosen.alone.answered()
        } else {
          const [chosen] = open.splice(what.which, 1)
          if (chosen === undefined) continue
          end(chosen.shared, what.how)
          end(chosen.alone, what.how)
        }
        for (const { health } of nodes) {
          const [known, expected] = [health.state('one'), single.health.state('one')]
          expect(known?.condition ?? 'stable').toBe(expected?.condition ?? 'stable')
          expect(health.isBenched('one', '0')).toBe(single.health.isBenched('one', '0'))
          const limitOf = (state: typeof known) => Math.max(0, (state?.limitedUntil ?? 0) - clock.time)
          expect(limitOf(known)).toBe(limitOf(expected))
        }
      }
      // The figures are computed once a second. A latency is published at the end of its call.
      for (const { shared, alone } of open) {
        shared.ended(succeeded)
        alone.ended(succeeded)
      }
      clock.time += 2_000
      for (const { health } of nodes) {
        expect({ ...health.statistics('one'), latencyLast30m: null }).toEqual({
          ...single.health.statistics('one'),
          latencyLast30m: null,
        })
        expect(health.replyTime('one', undefined)).toEqual(single.health.replyTime('one', undefined))
        expect(health.statistics('one').latencyLast30m?.samples).toBe(
          single.health.statistics('one').latencyLast30m?.samples,
        )
      }
    }),
    {
      numRuns: 5_000,
      // The first probe runs beyond its time, so that a second one begins.
      examples: [
        [
          [
            { node: 0, stream: false },
            { which: 0, how: 'failure' },
            10_000,
            { node: 0, stream: false },
            61_000,
            { node: 0, stream: false },
          ],
        ],
      ],
    },
  )
})

describe('what is told later', () => {
  /** A node that publishes nothing, and receives the facts that a test gives it. */
  function hearing(time?: number) {
    const clock = new FakeClock(time)
    const subscriptions = new Subscriptions()
    const facts: Facts = { publish() {}, subscribe: (topic, listener) => subscriptions.subscribe(topic, listener) }
    const endpoints = new WatchedEndpoints(facts, clock)
    const hear = (topic: { readonly name: string }, fact: object | string, ageMs = 0, node = 'n') =>
      subscriptions.deliver(topic.name, fact, ageMs, node)
    const ended = (endpoint: string, ageMs: number, more: object = {}) =>
      hear(endedCalls, { endpointId: 'one', credentialId: '0', tookMs: 10, endpoint, ...more }, ageMs)
    return { endpoints, hear, ended, condition: () => endpoints.condition ?? 'stable' }
  }

  test('counts from when it happened', () => {
    const { ended, condition, endpoints } = hearing()
    ended('fails', 29_000)
    expect(condition()).toBe('probe-due')
    endpoints.pass(1_000)
    expect(condition()).toBe('stable')
    ended('limits', 4_000, { afterMs: 20_000 })
    expect(endpoints.health.state('one')?.limitedUntil).toBe(endpoints.clock.time + 16_000)
  })

  test('is over where a later call succeeded', () => {
    const { ended, condition, endpoints } = hearing()
    endpoints.succeed()
    ended('fails', 5_000)
    ended('limits', 5_000, { afterMs: 20_000 })
    expect(condition()).toBe('stable')
    expect(endpoints.health.state('one')?.limitedUntil).toBeLessThanOrEqual(0)
    ended('fails', 0)
    expect(condition()).toBe('down')
  })

  test('does not make an outage older', () => {
    const { ended, condition, endpoints } = hearing()
    endpoints.fail()
    ended('fails', 8_000)
    endpoints.pass(5_000)
    expect(condition()).toBe('down')
    endpoints.pass(5_000)
    expect(condition()).toBe('probe-due')
  })

  test('a probe whose end is never told holds the others up for its longest time', () => {
    const { ended, hear, condition, endpoints } = hearing()
    ended('fails', 10_000)
    hear(begunProbes, 'one', 1_000)
    expect(condition()).toBe('probing')
    // Another node's probe ends: it is not this one.
    hear(endedCalls, { endpointId: 'one', credentialId: '0', tookMs: 5, endpoint: 'left', isProbe: true }, 0, 'm')
    expect(condition()).toBe('probing')
    endpoints.pass(59_000)
    expect(condition()).toBe('probe-due')
  })

  test('a probe that follows one without an end holds the others up in its turn', () => {
    const { ended, hear, condition, endpoints } = hearing()
    ended('fails', 10_000)
    hear(begunProbes, 'one')
    endpoints.pass(61_000)
    expect(condition()).toBe('probe-due')
    hear(begunProbes, 'one', 0, 'm')
    expect(condition()).toBe('probing')
    ended('left', 0, { isProbe: true })
    expect(condition()).toBe('probing')
    hear(endedCalls, { endpointId: 'one', credentialId: '0', tookMs: 5, endpoint: 'left', isProbe: true }, 0, 'm')
    expect(condition()).toBe('stable')
  })

  test('of two probes that began at once, each ends for itself; other calls of the same node end neither', () => {
    const { ended, hear, condition, endpoints } = hearing()
    ended('fails', 10_000)
    const own = endpoints.begin()
    hear(begunProbes, 'one')
    ended('left', 0, { isProbe: true })
    expect(condition()).toBe('probing')
    own.abandoned()
    expect(condition()).toBe('probe-due')
    hear(begunProbes, 'one')
    ended('left', 0)
    expect(condition()).toBe('probing')
    ended('left', 0, { isProbe: true })
    expect(condition()).toBe('probe-due')
  })

  test('a probe of an endpoint that is not known to be down changes nothing', () => {
    const { hear, condition } = hearing()
    hear(begunProbes, 'one')
    expect(condition()).toBe('stable')
  })

  test('an older rate limit does not replace a newer one', () => {
    const { ended, endpoints } = hearing()
    endpoints.fail({ kind: 'rate_limit_exceeded', scope: 'next-endpoint', afterMs: 60_000 })
    ended('limits', 5_000, { afterMs: 6_000 })
    expect(endpoints.health.state('one')?.limitedUntil).toBe(endpoints.clock.time + 60_000)
  })

  test('a node that has just started counts what was before its start', () => {
    const { ended, hear, endpoints } = hearing(1_000)
    for (let call = 0; call < 30; call++) ended(call < 15 ? 'works' : 'fails', 120_000, { latencyMs: 7 })
    hear(toolReplies, { endpointId: 'one', good: true }, 120_000)
    ended('refused', 120_000, { credential: 'refused', credentialId: 'c' })
    const { uptimeLast5m, latencyLast30m } = endpoints.health.statistics('one')
    expect(uptimeLast5m).toBe(50)
    expect(latencyLast30m?.samples).toBe(30)
    expect(endpoints.health.state('one')?.toolRequests).toBe(1)
    expect(endpoints.health.isBenched('one', 'c')).toBe(true)
    endpoints.pass(180_001)
    expect(endpoints.health.isBenched('one', 'c')).toBe(false)
  })
})

test('a fact that is none is not read, whatever it is; a fact that is read is read again the same', () => {
  const near = fc.record(
    {
      endpointId: fc.oneof(fc.string(), fc.anything()),
      credentialId: fc.oneof(fc.string(), fc.anything()),
      tookMs: fc.oneof(fc.nat(), fc.double(), fc.anything()),
      endpoint: fc.oneof(fc.constantFrom('works', 'fails', 'limits', 'other'), fc.anything()),
      credential: fc.oneof(fc.constantFrom('accepted', 'refused'), fc.anything()),
      latencyMs: fc.anything(),
      afterMs: fc.anything(),
      completionTokens: fc.oneof(fc.nat(), fc.anything()),
      replyOf: fc.oneof(fc.constant(null), fc.nat(), fc.anything()),
      isProbe: fc.anything(),
      good: fc.anything(),
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(fc.oneof(fc.anything(), near), fc.double({ min: 0, max: 300_000, noNaN: true }), (value, ageMs) => {
      const clock = new FakeClock()
      const subscriptions = new Subscriptions()
      const facts: Facts = { publish() {}, subscribe: (topic, listener) => subscriptions.subscribe(topic, listener) }
      const { health } = new WatchedEndpoints(facts, clock)
      for (const topic of [endedCalls, begunProbes, toolReplies]) {
        const fact = topic.read(value)
        if (fact === null) continue
        const again: unknown = JSON.parse(JSON.stringify(fact))
        expect(JSON.stringify(topic.read(again))).toBe(JSON.stringify(fact))
        subscriptions.deliver(topic.name, value, ageMs, 'n')
        const id = typeof fact === 'string' ? fact : fact.endpointId
        expect(id.length).toBeLessThanOrEqual(512)
        expect(health.state(id)?.limitedUntil ?? 0).toBeLessThanOrEqual(clock.time + 600_000)
      }
    }),
    { numRuns: 2_000 },
  )
})
