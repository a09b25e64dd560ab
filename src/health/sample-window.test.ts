import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { SampleWindow } from './sample-window.ts'

const minute = 60_000
const shares = [
  ['p50', 0.5],
  ['p75', 0.75],
  ['p90', 0.9],
  ['p95', 0.95],
  ['p99', 0.99],
] as const

/** By the textbook: the least value that the share of all values do not exceed. */
function exactly(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN
}

const value = fc.oneof(
  fc.double({ min: 0.1, max: 800_000, noNaN: true }),
  fc.double({ min: Math.log(0.1), max: Math.log(800_000), noNaN: true }).map(Math.exp),
  fc.integer({ min: 1, max: 3_000 }),
)

test('percentiles are within 5 % of the exact ones, over the minutes asked for', () => {
  const samples = fc.array(fc.record({ value, after: fc.constantFrom(0, 1_000, 50_000, 200_000) }), {
    maxLength: 300,
    size: 'max',
  })
  fc.assert(
    fc.property(samples, fc.nat(100_000_000), fc.constantFrom(5, 30), (given, start, minutes) => {
      const window = new SampleWindow()
      let now = start
      const added = given.map(({ value: sample, after }) => {
        now += after
        window.add(sample, now)
        return { sample, minute: Math.floor(now / minute) }
      })
      const current = Math.floor(now / minute)
      const values = added.filter((one) => one.minute > current - minutes).map(({ sample }) => sample)
      const distribution = window.distribution(now, minutes)
      expect(distribution?.samples ?? 0).toBe(values.length)
      if (distribution === null) return
      for (const [name, share] of shares) {
        const exact = exactly(values, share)
        expect(Math.abs(distribution[name] - exact) / exact).toBeLessThanOrEqual(0.05)
      }
    }),
    { numRuns: 200 },
  )
})

test('values beyond the scale count as its ends', () => {
  const window = new SampleWindow()
  window.add(0, 0)
  expect(window.distribution(0, 5)?.p99).toBeLessThan(0.11)
  window.add(1e12, 0)
  expect(window.distribution(0, 5)?.p99).toBeGreaterThan(800_000)
})

test('a bin that is full stays full', () => {
  const window = new SampleWindow()
  for (let count = 0; count < 70_000; count++) window.add(20, 0)
  expect(window.distribution(0, 5)).toMatchObject({ samples: 65_535, p50: expect.closeTo(20, 0) })
})

test('what is told later counts in its minute, also before the start of the clock, and never in a newer one', () => {
  const window = new SampleWindow()
  window.add(100, 30_000)
  window.add(100, -90_000)
  expect(window.distribution(30_000, 2)?.samples).toBe(1)
  expect(window.distribution(30_000, 3)?.samples).toBe(2)
  window.add(100, 30_000 - 30 * 60_000)
  expect(window.distribution(30_000, 30)?.samples).toBe(2)
})
