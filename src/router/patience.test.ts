import { describe, expect, test } from 'vitest'
import { knownLatency, patienceFor } from './patience.ts'
import { endpointOf, stateOf, usually } from './testing/scripted-calls.ts'

const configuredMs = 90_000
const plain = endpointOf('plain')
const support = { mandatory: false, supportedEfforts: null, supportsMaxTokens: false }
const thinker = endpointOf('thinker', { reasoning: support })
const always = endpointOf('always', { reasoning: { ...support, mandatory: true } })

describe('while there is somewhere else to go', () => {
  test.each([
    ['nothing is known', null, 12_000],
    ['nothing was measured', stateOf({}), 12_000],
    ['too little was measured', stateOf({ usualLatency: usually(100, 19) }), 12_000],
    ['enough was measured', stateOf({ usualLatency: usually(1_000, 20) }), 3_000],
    ['it is quick', stateOf({ usualLatency: usually(50) }), 2_000],
    ['it is slow', stateOf({ usualLatency: usually(25_000) }), 75_000],
    ['it is slower than the limit', stateOf({ usualLatency: usually(80_000) }), configuredMs],
  ])('an endpoint of which %s gets %j', (_, state, firstTokenMs) => {
    expect(patienceFor(plain, false, state, configuredMs, undefined)).toEqual({ firstTokenMs, commentsCount: false })
  })

  test('only the 95th percentile counts', () => {
    const usualLatency = { samples: 100, p50: 1, p75: 2, p90: 3, p95: 4_000, p99: 60_000 }
    expect(patienceFor(plain, false, stateOf({ usualLatency }), configuredMs, undefined).firstTokenMs).toBe(12_000)
    expect(knownLatency(stateOf({ usualLatency }))).toBe(usualLatency)
  })

  test('the configured limit is the upper bound of all', () => {
    expect(patienceFor(plain, false, null, 5_000, undefined).firstTokenMs).toBe(5_000)
    expect(patienceFor(thinker, false, null, 5_000, undefined).firstTokenMs).toBe(5_000)
    expect(patienceFor(plain, false, stateOf({ usualLatency: usually(50) }), 1_000, undefined).firstTokenMs).toBe(1_000)
  })
})

describe('a model that reasons', () => {
  test.each([
    ['nothing', thinker, undefined, true],
    ['an effort', thinker, { effort: 'low' }, true],
    ['no effort', thinker, { effort: 'none' }, false],
    ['reasoning off', thinker, { enabled: false }, false],
    ['reasoning off where it cannot be', always, { enabled: false }, true],
    ['reasoning of a model without', plain, { effort: 'high' }, false],
  ] as const)('asked for %s', (_, endpoint, wish, reasons) => {
    expect(patienceFor(endpoint, false, null, configuredMs, wish)).toEqual({
      firstTokenMs: reasons ? 60_000 : 12_000,
      commentsCount: reasons,
    })
  })

  test('is judged by its own times where they are known', () => {
    const state = stateOf({ usualLatency: usually(1_000) })
    expect(patienceFor(thinker, false, state, configuredMs, undefined)).toEqual({
      firstTokenMs: 3_000,
      commentsCount: true,
    })
  })
})

test('the last candidate gets all the time there is', () => {
  const state = stateOf({ usualLatency: usually(1_000) })
  expect(patienceFor(plain, true, state, configuredMs, undefined)).toEqual({
    firstTokenMs: configuredMs,
    commentsCount: false,
  })
  expect(patienceFor(thinker, true, null, configuredMs, undefined)).toEqual({
    firstTokenMs: configuredMs,
    commentsCount: true,
  })
})
