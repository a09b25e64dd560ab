import { beforeEach, describe, expect, test } from 'vitest'
import { failed, succeeded, WatchedEndpoints } from './testing/watched-endpoints.ts'

let endpoints: WatchedEndpoints
beforeEach(() => {
  endpoints = new WatchedEndpoints()
})
const json = (maxTokens?: number) => ({ stream: false, maxTokens })

describe('a reader who gives up', () => {
  test('after an unusual silence counts against the endpoint', () => {
    const call = endpoints.begin()
    const since = endpoints.clock.time
    endpoints.pass(8_000)
    call.abandoned(since)
    expect(endpoints.condition).toBe('down')
    expect(endpoints.health.state('one')?.requests).toBe(1)
  })

  test('at once does not', () => {
    const call = endpoints.begin()
    endpoints.pass(100)
    call.abandoned()
    expect(endpoints.condition).toBe('stable')
    expect(endpoints.health.state('one')?.requests).toBe(0)
  })

  test('does not where others were answered meanwhile: it was the prompt', () => {
    const call = endpoints.begin()
    const since = endpoints.clock.time
    endpoints.pass(4_000)
    endpoints.succeed()
    endpoints.pass(4_000)
    call.abandoned(since)
    expect(endpoints.condition).toBe('stable')
  })

  test('in the middle of an answer does, where it fell silent', () => {
    const call = endpoints.begin()
    call.answered()
    endpoints.pass(1)
    const since = endpoints.clock.time
    endpoints.pass(11_000)
    call.abandoned(since)
    expect(endpoints.condition).toBe('down')
  })

  test('of a probe makes the next one wait, as a failure does', () => {
    endpoints.fail()
    endpoints.pass(10_000)
    const probe = endpoints.begin()
    const since = endpoints.clock.time
    endpoints.pass(8_000)
    probe.abandoned(since)
    expect(endpoints.condition).toBe('down')
    endpoints.pass(10_000)
    expect(endpoints.condition).toBe('probe-due')
  })
})

describe('a whole reply', () => {
  test('that arrives is a measurement for replies of about as many tokens', () => {
    for (let call = 0; call < 30; call++) {
      const one = endpoints.begin('one', 0, json(call < 20 ? 16 : 17))
      endpoints.pass(call < 20 ? 1_000 : 60_000)
      one.ended(succeeded)
    }
    const { health } = endpoints
    expect(health.replyTime('one', 10)).toMatchObject({ samples: 20, p95: expect.closeTo(1_000, -2) })
    expect(health.replyTime('one', 64)?.samples).toBe(10)
    expect(health.replyTime('one', undefined)).toBeNull()
    expect(health.replyTime('other', 10)).toBeNull()
    // It is no latency: that is the time to a first token.
    expect(health.state('one')?.usualLatency).toBeNull()
  })

  test('is forgotten after half an hour', () => {
    endpoints.begin('one', 0, json(10)).ended(succeeded)
    endpoints.pass(31 * 60_000)
    expect(endpoints.health.replyTime('one', 10)).toBeNull()
  })

  test('of a stream, or an error, is no such measurement', () => {
    endpoints.succeed({ ms: 1_000 })
    endpoints.begin('one', 0, json()).ended(failed({ kind: 'invalid_request' }))
    expect(endpoints.health.replyTime('one', undefined)).toBeNull()
  })

  test('that is late is no outage of an endpoint that answers others', () => {
    const late = () => endpoints.begin('one', 0, json())
    const alone = late()
    endpoints.pass(60_000)
    alone.ended(failed({ kind: 'provider_timeout' }))
    expect(endpoints.condition).toBe('down')

    endpoints.succeed()
    const long = late()
    endpoints.pass(30_000)
    endpoints.succeed()
    endpoints.pass(30_000)
    long.ended(failed({ kind: 'provider_timeout' }))
    expect(endpoints.condition).toBe('stable')

    const stream = endpoints.begin()
    endpoints.succeed()
    stream.ended(failed({ kind: 'provider_timeout' }))
    expect(endpoints.condition).toBe('down')
  })
})
