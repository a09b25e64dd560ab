import { describe, expect, test } from 'vitest'
import type { Endpoint } from '../catalog/endpoint.ts'
import type { Distribution, EndpointState } from '../health/endpoint-health.ts'
import { type AwaitedReply, knownLatency, patienceFor } from './patience.ts'
import { candidateOf, endpointOf, stateOf, usually } from './testing/scripted-calls.ts'

const plain = endpointOf('plain')
const support = { mandatory: false, supportedEfforts: null, supportsMaxTokens: false }
const thinker = endpointOf('thinker', { reasoning: support })
const always = endpointOf('always', { reasoning: { ...support, mandatory: true } })

interface Situation extends Partial<AwaitedReply> {
  readonly isLast?: boolean
  readonly state?: EndpointState | null
  /** How long whole replies take, by endpoint. */
  readonly replies?: Readonly<Record<string, Distribution>>
  readonly others?: readonly Endpoint[]
  readonly firstTokenMs?: number
  readonly leftMs?: number
}

function patience(endpoint: Endpoint, situation: Situation = {}) {
  const { isLast = false, state = null, replies = {}, firstTokenMs = 90_000, leftMs = 600_000, ...rest } = situation
  const { others = isLast ? [] : [endpointOf('other')], stream = true, maxTokens, reasoning } = rest
  return patienceFor(
    endpoint,
    others.map((other) => candidateOf(other)),
    { stream, maxTokens, reasoning },
    { firstTokenMs, leftMs },
    { state: (id) => (id === endpoint.id ? state : null), replyTime: (id) => replies[id] ?? null },
  )
}

describe('while another endpoint is left', () => {
  test.each([
    ['nothing is known', null, 12_000],
    ['nothing was measured', stateOf({}), 12_000],
    ['too little was measured', stateOf({ usualLatency: usually(100, 19) }), 12_000],
    ['enough was measured', stateOf({ usualLatency: usually(1_000, 20) }), 3_000],
    ['it is quick', stateOf({ usualLatency: usually(50) }), 2_000],
    ['it is slow', stateOf({ usualLatency: usually(25_000) }), 75_000],
    ['it is slower than the limit', stateOf({ usualLatency: usually(80_000) }), 90_000],
  ])('an endpoint of which %s gets %j', (_, state, answerMs) => {
    expect(patience(plain, { state })).toMatchObject({ answerMs, commentsCount: false })
  })

  test('only the 95th percentile counts', () => {
    const usualLatency = { samples: 100, p50: 1, p75: 2, p90: 3, p95: 4_000, p99: 60_000 }
    expect(patience(plain, { state: stateOf({ usualLatency }) }).answerMs).toBe(12_000)
    expect(knownLatency(stateOf({ usualLatency }))).toBe(usualLatency)
  })

  test('the configured limit is the upper bound of all', () => {
    expect(patience(plain, { firstTokenMs: 5_000 }).answerMs).toBe(5_000)
    expect(patience(thinker, { firstTokenMs: 5_000 }).answerMs).toBe(5_000)
    expect(patience(plain, { state: stateOf({ usualLatency: usually(50) }), firstTokenMs: 1_000 }).answerMs).toBe(1_000)
  })

  test('half of the time that is left is for the other', () => {
    expect(patience(plain, { leftMs: 10_000 }).answerMs).toBe(5_000)
    expect(patience(plain, { leftMs: 10_000, stream: false }).answerMs).toBe(5_000)
    expect(patience(plain, { leftMs: 10_000, isLast: true }).answerMs).toBe(10_000)
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
  ] as const)('asked for %s', (_, endpoint, reasoning, reasons) => {
    expect(patience(endpoint, { reasoning })).toMatchObject({
      answerMs: reasons ? 60_000 : 12_000,
      commentsCount: reasons,
    })
  })

  test('is judged by its own times where they are known', () => {
    const state = stateOf({ usualLatency: usually(1_000) })
    expect(patience(thinker, { state })).toMatchObject({ answerMs: 3_000, commentsCount: true })
  })
})

test('the last candidate gets all the time there is', () => {
  const state = stateOf({ usualLatency: usually(1_000) })
  expect(patience(plain, { isLast: true, state })).toMatchObject({ answerMs: 90_000, commentsCount: false })
  expect(patience(thinker, { isLast: true })).toMatchObject({ answerMs: 90_000, commentsCount: true })
})

test('silence is unusual a bit after what is usual, and never at once', () => {
  expect(patience(plain).overdueMs).toBe(5_000)
  expect(patience(thinker).overdueMs).toBe(25_000)
  expect(patience(plain, { state: stateOf({ usualLatency: usually(4_000) }) }).overdueMs).toBe(5_000)
  expect(patience(plain, { state: stateOf({ usualLatency: usually(10) }) }).overdueMs).toBe(2_000)
  // It does not matter whether another endpoint is left.
  expect(patience(plain, { isLast: true }).overdueMs).toBe(5_000)
})

describe('a whole reply', () => {
  const json = (situation: Situation) => patience(plain, { stream: false, ...situation }).answerMs
  const known = (ms: number, samples = 100) => ({ plain: usually(ms, samples) })

  test('of an unknown endpoint is waited for by the tokens that were asked for', () => {
    expect(json({ maxTokens: 10 })).toBe(12_450)
    expect(json({})).toBe(57_000)
    expect(json({ maxTokens: 4_096 })).toBe(196_320)
    expect(json({ maxTokens: 10, replies: known(100, 19) })).toBe(12_450)
    expect(patience(thinker, { stream: false, maxTokens: 10 }).answerMs).toBe(60_450)
  })

  test('of a known one three times what is usual', () => {
    expect(json({ maxTokens: 10, replies: known(3_000, 20) })).toBe(9_000)
    expect(json({ replies: known(40_000) })).toBe(120_000)
  })

  test('may be longer than all before', () => {
    expect(json({ maxTokens: 10, replies: known(20) })).toBe(2_100)
    expect(json({ maxTokens: 300, replies: known(20) })).toBe(5_000)
    expect(json({ replies: known(20) })).toBe(10_000)
  })

  test('is not given up for an endpoint of the model that takes as long', () => {
    const others = [endpointOf('slow'), endpointOf('elsewhere', { model: 'acme/m2' })]
    const replies = { ...known(1_000), slow: usually(20_000), elsewhere: usually(90_000) }
    expect(json({ replies, others })).toBe(60_000)
    expect(json({ replies: { slow: usually(60_000) }, others })).toBe(180_000)
  })

  test('has nothing to do with the first token of streams, nor with their limit', () => {
    const state = stateOf({ usualLatency: usually(25_000) })
    expect(json({ maxTokens: 10, state, firstTokenMs: 100 })).toBe(12_450)
  })

  test('of the only endpoint is never given up early', () => {
    const replies = { plain: usually(1) }
    expect(json({ isLast: true, maxTokens: 1, replies })).toBe(600_000)
    // Another credential of the same endpoint is not another endpoint.
    expect(json({ others: [plain], maxTokens: 1, replies })).toBe(600_000)
  })
})
