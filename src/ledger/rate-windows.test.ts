import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { memoryState } from '../storage/shared-state/memory-state.ts'
import { Subscriptions } from '../storage/shared-state/subscriptions.ts'
import type { Facts } from '../storage/stores/shared-state.ts'
import { oneMinute, RateWindows } from './rate-windows.ts'

const start = Date.UTC(2026, 0, 1)

/** Windows of so many nodes that hear each other at once, on one clock. */
function linked(count: number) {
  const nodes = new Set<Subscriptions>()
  const clock = { time: start, now: () => clock.time, monotonic: () => clock.time }
  const open = () => new RateWindows(oneMinute, { name: 'tests', clock, facts: memoryState(nodes).facts })
  return { clock, open, windows: Array.from({ length: count }, open) }
}

test('what nodes use counts as what one would use, in the same minutes', () => {
  const steps = fc.array(fc.record({ node: fc.nat(2), amount: fc.nat(50), after: fc.constantFrom(0, 900, 30_000) }))
  fc.assert(
    fc.property(steps, (given) => {
      const { clock, windows } = linked(3)
      const single = new RateWindows(oneMinute, { name: 'tests', clock, facts: memoryState().facts })
      for (const { node, amount, after } of given) {
        clock.time += after
        windows[node]?.add('key', amount, clock.time)
        single.add('key', amount, clock.time)
        for (const one of windows) {
          expect(one.used('key', clock.time)).toBe(single.used('key', clock.time))
          expect(one.resetAt('key', clock.time)).toBe(single.resetAt('key', clock.time))
          expect(one.used('another', clock.time)).toBe(0)
        }
      }
    }),
  )
})

test('a node that joins knows the whole window with the next use', () => {
  const { clock, windows, open } = linked(2)
  const [one, other] = windows
  one?.add('key', 40, clock.time)
  clock.time += 20_000
  const late = open()
  expect(late.used('key', clock.time)).toBe(0)
  other?.add('key', 1, clock.time)
  expect(late.used('key', clock.time)).toBe(41)
  expect(late.resetAt('key', clock.time)).toBe(start + 60_000)
})

describe('what is told later', () => {
  function hearing() {
    const subscriptions = new Subscriptions()
    const clock = { time: start, now: () => clock.time, monotonic: () => clock.time }
    const facts: Facts = { publish() {}, subscribe: (topic, listener) => subscriptions.subscribe(topic, listener) }
    const windows = new RateWindows(oneMinute, { name: 'tests', clock, facts })
    const hear = (fact: unknown, ageMs = 0) => subscriptions.deliver('rate-tests', fact, ageMs, 'n')
    return { windows, clock, hear }
  }
  const use = { name: 'key', amount: 5, total: 5, leftMs: 60_000 }

  test('counts in the window in which it happened, and not after its end', () => {
    const { windows, clock, hear } = hearing()
    windows.add('key', 1, clock.time)
    hear({ ...use, leftMs: 10_000 }, 10_000)
    expect(windows.used('key', clock.time)).toBe(1)
    hear({ ...use, leftMs: 10_000 }, 9_999.4)
    expect(windows.used('key', clock.time)).toBe(6)
    expect(windows.resetAt('key', clock.time)).toBe(start + 1)
  })

  test('a node that was cut off ends its window with the older one', () => {
    const { windows, clock, hear } = hearing()
    windows.add('key', 7, clock.time)
    hear({ ...use, total: 90, leftMs: 25_000 })
    expect(windows.used('key', clock.time)).toBe(90)
    expect(windows.resetAt('key', clock.time)).toBe(start + 25_000)
    // A window of another node never makes this one longer.
    hear({ ...use, leftMs: 1_000_000_000 })
    expect(windows.resetAt('key', clock.time)).toBe(start + 25_000)
  })

  test('anything that is no use is ignored', () => {
    const { windows, clock, hear } = hearing()
    const near = fc.record({ name: fc.anything(), amount: fc.anything(), total: fc.anything(), leftMs: fc.anything() })
    fc.assert(fc.property(fc.oneof(fc.anything(), near), (value) => hear(value)))
    for (const amount of [-5, 0.5, NaN, '5', null]) hear({ ...use, amount })
    expect(windows.used('key', clock.time)).toBe(0)
  })
})
