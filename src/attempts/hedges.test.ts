import { describe, expect, test } from 'vitest'
import type { Endpoint } from '../catalog/endpoint.ts'
import type { EndpointState } from '../health/endpoint-health.ts'
import { Hedges } from './hedges.ts'
import { candidateOf, endpointOf, stateOf, usually } from './testing/scripted-calls.ts'

const settings = { at: 'p90', budget: 0.05 } as const
const hedgesOf = (budget = 1) => new Hedges(new Map([['a', { ...settings, budget }]]))
const known = stateOf({ usualLatency: { samples: 20, p50: 1, p75: 2, p90: 3, p95: 4, p99: 5 } })
const healthOf = (states: Readonly<Record<string, EndpointState>>) => ({
  state: (id: string) => states[id] ?? null,
  isBenched: () => false,
})
const now = 1_000

const base: Partial<Endpoint> = {
  quantization: 'fp8',
  dataPolicy: { training: false, retention: 'days:30' },
  contextLength: 8_000,
  maxCompletionTokens: 4_000,
  supportedParameters: new Set(['temperature', 'tools']),
  inputModalities: ['text', 'image'],
}
const first = endpointOf('a', base)
const planFor = (rival: Partial<Endpoint>, given: Partial<Endpoint> = {}, states = {}) =>
  hedgesOf().plan(
    candidateOf({ ...first, ...given }),
    [candidateOf(endpointOf('b', { ...base, ...rival }))],
    healthOf({ a: known, ...states }),
    now,
  )

describe('a call is hedged', () => {
  test('after the percentile that is configured, at the first endpoint that can replace its own', () => {
    const others = [endpointOf('other', { model: 'acme/m2' }), endpointOf('b', base), endpointOf('c', base)].map(
      (endpoint) => candidateOf(endpoint),
    )
    expect(hedgesOf().plan(candidateOf(first), others, healthOf({ a: known }), now)).toEqual({
      delayMs: 3,
      rival: others[1],
    })
  })

  const better: readonly (readonly [string, Partial<Endpoint>])[] = [
    ['is the same', {}],
    ['keeps data for a shorter time', { dataPolicy: { training: false, retention: 'days:9' } }],
    ['keeps nothing', { dataPolicy: { training: false, retention: 'none' } }],
    ['takes any parameter', { supportedParameters: null }],
    ['has a larger window', { contextLength: 9_000 }],
    ['takes more', { inputModalities: ['image', 'audio', 'text'] }],
  ]
  test.each(better)('where the other %s', (_, rival) => expect(planFor(rival)).not.toBeNull())

  const worse: readonly (readonly [string, Partial<Endpoint>])[] = [
    ['is another model', { model: 'acme/m2' }],
    ['is of another tier', { tier: 'flex' }],
    ['is quantized otherwise', { quantization: 'fp4' }],
    ['does not tell its quantization', { quantization: null }],
    ['trains', { dataPolicy: { training: true, retention: 'days:30' } }],
    ['keeps data for longer', { dataPolicy: { training: false, retention: 'days:31' } }],
    ['does not tell how long it keeps data', { dataPolicy: { training: false, retention: 'unknown' } }],
    ['lacks a parameter', { supportedParameters: new Set(['temperature']) }],
    ['has a smaller window', { contextLength: 7_999 }],
    ['answers shorter', { maxCompletionTokens: 3_999 }],
    ['sees no images', { inputModalities: ['text'] }],
    ['only completes', { operations: ['completions'] }],
    ['is called with a key of the account, which would pay for both calls', { byok: 'key-1' }],
  ]
  test.each(worse)('not where the other %s', (_, rival) => expect(planFor(rival)).toBeNull())

  test('not where the first takes any parameter, or continues a turn, and the other does not', () => {
    expect(planFor({}, { supportedParameters: null })).toBeNull()
    expect(planFor({}, { prefill: true })).toBeNull()
  })

  test('not where the first is called with a key of the account', () => {
    expect(planFor({}, { byok: 'key-1' })).toBeNull()
  })

  test('not with another credential of the endpoint itself', () => {
    const others = [candidateOf(first, 1)]
    expect(hedgesOf().plan(candidateOf(first), others, healthOf({ a: known }), now)).toBeNull()
  })

  test.each([
    ['down', { condition: 'down' }],
    ['about to be probed', { condition: 'probe-due' }],
    ['rate limited', { limitedUntil: now + 1 }],
  ] as const)('not where the other is %s', (_, state) => {
    expect(planFor({}, {}, { b: stateOf(state) })).toBeNull()
    expect(planFor({}, {}, { b: stateOf({ limitedUntil: now }) })).not.toBeNull()
  })

  test('not with a credential that was refused lately', () => {
    const others = [candidateOf(endpointOf('b', { ...base, provider: 'p' }), 0), candidateOf(endpointOf('b', base), 1)]
    const health = {
      ...healthOf({ a: known }),
      isBenched: (id: string, credential: string) => id === 'b' && credential === '0',
    }
    expect(hedgesOf().plan(candidateOf(first), others, health, now)?.rival).toBe(others[1])
  })

  test.each([
    ['never was called', {}],
    ['was called too seldom', { a: stateOf({ usualLatency: usually(5, 19) }) }],
  ])('not where the first %s', (_, states) => {
    const others = [candidateOf(endpointOf('b', base))]
    expect(hedgesOf().plan(candidateOf(first), others, healthOf(states), now)).toBeNull()
  })

  test('not at a provider where that is not configured', () => {
    const others = [candidateOf(first)]
    const from = candidateOf(endpointOf('b', base))
    expect(hedgesOf().plan(from, others, healthOf({ b: known }), now)).toBeNull()
  })
})

describe('the budget', () => {
  const spent = (budget: number, calls: number, wantsHedge: (call: number) => boolean): number => {
    const hedges = hedgesOf(budget)
    let hedged = 0
    for (let call = 0; call < calls; call++) {
      hedges.plan(candidateOf(first), [], healthOf({}), now)
      if (wantsHedge(call) && hedges.spend('a')) hedged++
    }
    return hedged
  }

  test.each([0, 0.01, 0.05, 0.07, 0.3, 1])(
    'is never exceeded, and is used up where every call is late: %d',
    (budget) => {
      expect(spent(budget, 1_000, () => true)).toBe(Math.round(budget * 1_000))
    },
  )

  test('saves no more than three calls in quiet times', () => {
    expect(spent(0.05, 1_021, (call) => call >= 1_000)).toBe(4)
  })

  test('belongs to one provider', () => {
    const hedges = hedgesOf()
    hedges.plan(candidateOf(first), [], healthOf({}), now)
    expect([hedges.spend('b'), hedges.spend('a'), hedges.spend('a')]).toEqual([false, true, false])
  })
})
