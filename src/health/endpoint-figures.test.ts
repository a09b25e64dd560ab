import { beforeEach, describe, expect, test } from 'vitest'
import { WatchedEndpoints } from './testing/watched-endpoints.ts'

let endpoints: WatchedEndpoints
beforeEach(() => {
  endpoints = new WatchedEndpoints()
})

const minute = 60_000
const times = (count: number, act: () => void): void => {
  for (let time = 0; time < count; time++) act()
}
/** What is known once it may have changed. */
const later = () => {
  endpoints.pass(1000)
  return endpoints.health.state('one')
}
const listed = () => endpoints.health.statistics('one')

describe('uptime (contract §6.3, §6.22)', () => {
  test('is the share of successes, over five minutes, half an hour and a day', () => {
    times(10, () => endpoints.fail())
    endpoints.pass(31 * minute)
    times(5, () => endpoints.succeed())
    times(5, () => endpoints.fail())
    endpoints.pass(6 * minute)
    times(9, () => endpoints.succeed())
    times(1, () => endpoints.fail())
    expect(listed()).toMatchObject({ uptimeLast5m: 90, uptimeLast30m: 70, uptimeLast1d: 46.667 })
    endpoints.pass(25 * 60 * minute)
    expect(listed()).toMatchObject({ uptimeLast5m: null, uptimeLast30m: null, uptimeLast1d: null })
  })

  test('is unknown below ten calls, and of what was never called', () => {
    times(9, () => endpoints.succeed())
    const unknown = { uptimeLast5m: null, uptimeLast30m: null, uptimeLast1d: null }
    expect(listed()).toMatchObject(unknown)
    expect(endpoints.health.statistics('none')).toEqual({
      ...unknown,
      latencyLast30m: null,
      throughputLast30m: null,
    })
  })

  test('leaves out 429, refused requests and readers that left; counts refused credentials', () => {
    times(10, () => endpoints.succeed())
    times(10, () => endpoints.fail({ kind: 'rate_limit_exceeded', scope: 'next-credential' }))
    times(10, () => endpoints.fail({ kind: 'invalid_request', scope: 'next-model' }))
    times(10, () => endpoints.begin().abandoned())
    expect(listed().uptimeLast5m).toBe(100)
    times(10, () => endpoints.fail({ kind: 'provider_unavailable', scope: 'next-credential' }))
    expect(listed().uptimeLast5m).toBe(50)
  })

  test.each([
    [95, 5, 'normal'],
    [94, 6, 'lower'],
    [80, 20, 'lower'],
    [79, 21, 'last'],
    [0, 99, 'unknown'],
    [99, 0, 'unknown'],
  ])('%i good and %i bad calls: %s', (good, bad, uptimeClass) => {
    times(good, () => endpoints.succeed())
    times(bad, () => endpoints.fail())
    expect(later()).toMatchObject({ uptimeClass, requests: good + bad })
    endpoints.pass(31 * minute)
    expect(later()).toMatchObject({ uptimeClass: 'unknown', requests: 0 })
  })
})

describe('speed (contract §6.22)', () => {
  test('latency runs from the call to its first content, over five minutes for routing and thirty for the listing', () => {
    for (const ms of [100, 100, 400]) {
      const call = endpoints.begin()
      endpoints.pass(ms)
      call.answered()
      call.abandoned()
    }
    expect(later()?.latency).toMatchObject({ samples: 3, p50: expect.closeTo(100, -1), p99: expect.closeTo(400, -2) })
    endpoints.pass(6 * minute)
    expect(later()?.latency).toBeNull()
    expect(listed().latencyLast30m?.samples).toBe(3)
    endpoints.pass(30 * minute)
    expect(listed().latencyLast30m).toBeNull()
  })

  test('throughput is the tokens over the whole time of a call; short answers are not measured', () => {
    endpoints.succeed({ ms: 2000, completionTokens: 100 })
    expect(later()?.throughput).toMatchObject({ samples: 1, p50: expect.closeTo(50, -1) })
    endpoints.succeed({ ms: 2000, completionTokens: 9 })
    endpoints.succeed({ ms: 2000 })
    endpoints.fail({ ms: 2000 })
    expect(later()?.throughput?.samples).toBe(1)
    expect(listed().throughputLast30m?.samples).toBe(1)
  })
})

test('contract §6.9: tool success is reported from 200 replies in two hours on', () => {
  endpoints.succeed()
  const report = (good: boolean) => endpoints.health.reportToolCalls('one', good)
  times(150, () => report(true))
  times(49, () => report(false))
  expect(later()).toMatchObject({ toolSuccess: null, toolRequests: 199 })
  report(false)
  expect(later()).toMatchObject({ toolSuccess: 0.75, toolRequests: 200 })
  endpoints.pass(121 * minute)
  expect(later()).toMatchObject({ toolSuccess: null, toolRequests: 0 })
})

describe('429', () => {
  const limited = { kind: 'rate_limit_exceeded', scope: 'next-credential' } as const
  const waits = () => (endpoints.health.state('one')?.limitedUntil ?? 0) - endpoints.clock.time

  test.each([
    ['as long as the upstream said', 3_000, 3_000],
    ['10 s where it did not say', undefined, 10_000],
    ['no more than ten minutes', 86_400_000, 600_000],
  ])('leaves endpoint and credential alone %s', (_, afterMs, ms) => {
    endpoints.fail({ ...limited, afterMs })
    expect(waits()).toBe(ms)
    expect(endpoints.health.isBenched('one', '0')).toBe(true)
    expect(endpoints.health.isBenched('one', '1')).toBe(false)
    endpoints.pass(ms)
    expect(endpoints.health.isBenched('one', '0')).toBe(false)
  })

  test('is over when a call succeeds that began after it, not by one that ran already', () => {
    const early = endpoints.begin()
    endpoints.pass(1)
    endpoints.fail(limited)
    early.ended({ type: 'call-end', usage: {} })
    expect(waits()).toBe(10_000)
    expect(endpoints.health.isBenched('one', '0')).toBe(true)
    endpoints.pass(1)
    endpoints.succeed()
    expect(waits()).toBeLessThan(0)
    expect(endpoints.health.isBenched('one', '0')).toBe(false)
  })
})

describe('a refused credential', () => {
  const refused = { kind: 'provider_unavailable', scope: 'next-credential' } as const
  const benched = () => endpoints.health.isBenched('one', '0')

  test('is benched for five minutes, then ten, up to an hour; the endpoint is not down', () => {
    for (const minutes of [5, 10, 20, 40, 60, 60]) {
      times(20, () => endpoints.fail({ ...refused, ms: 0 }))
      expect(endpoints.condition).toBe('stable')
      endpoints.pass(minutes * minute - 1)
      expect(benched()).toBe(true)
      endpoints.pass(1)
      expect(benched()).toBe(false)
    }
  })

  test('is back when it is accepted, as if nothing had been; the others never left', () => {
    endpoints.fail(refused)
    endpoints.pass(5 * minute)
    endpoints.fail(refused)
    endpoints.pass(1)
    endpoints.succeed({ credential: 1 })
    expect(benched()).toBe(true)
    expect(endpoints.health.isBenched('one', '1')).toBe(false)
    expect(endpoints.health.isBenched('another', '0')).toBe(false)
    endpoints.succeed()
    expect(benched()).toBe(false)
    endpoints.fail(refused)
    endpoints.pass(5 * minute)
    expect(benched()).toBe(false)
  })
})

describe('what it costs', () => {
  test('the same object for a second, unless the condition changes', () => {
    endpoints.succeed()
    const first = endpoints.health.state('one')
    endpoints.succeed({ ms: 500 })
    expect(endpoints.health.state('one')).toBe(first)
    endpoints.fail()
    expect(endpoints.health.state('one')).toMatchObject({ condition: 'down', requests: 1 })
    endpoints.pass(500)
    expect(endpoints.health.state('one')).toMatchObject({ condition: 'down', requests: 3 })
  })

  test('past 10,000 endpoints the one that was not called for longest is forgotten', () => {
    endpoints.succeed({ id: 'first' })
    endpoints.succeed({ id: 'second' })
    for (let other = 0; other < 9_998; other++) endpoints.begin(`other-${other}`).abandoned()
    endpoints.succeed({ id: 'first' })
    expect(endpoints.health.state('second')).not.toBeNull()
    endpoints.begin('one more').abandoned()
    expect(endpoints.health.state('second')).toBeNull()
    expect(endpoints.health.state('first')).not.toBeNull()
    expect(endpoints.health.state('other-0')).not.toBeNull()
  })
})
