import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { TallyWindow } from './tally-window.ts'

test('what is told later counts where it belongs, also before the start of the clock', () => {
  const tellings = fc.array(fc.record({ after: fc.nat(400), ageMs: fc.nat(2_000) }), { maxLength: 50 })
  fc.assert(
    fc.property(tellings, (given) => {
      const window = new TallyWindow(100, 10)
      let now = 0
      const slices: number[] = []
      for (const { after, ageMs } of given) {
        now += after
        window.total(now)
        window.add(true, now - ageMs)
        slices.push(Math.floor((now - ageMs) / 100))
        const counted = slices.filter((slice) => slice > Math.floor(now / 100) - 10)
        expect(window.total(now)).toEqual({ good: counted.length, bad: 0 })
      }
    }),
  )
})

test('counts what lies in the slices asked for, however time goes on', () => {
  const steps = fc.array(fc.record({ good: fc.boolean(), after: fc.constantFrom(0, 40, 100, 250, 1_100) }), {
    maxLength: 100,
    size: 'max',
  })
  fc.assert(
    fc.property(steps, fc.nat(5_000), fc.constantFrom(3, 10), (given, start, slices) => {
      const window = new TallyWindow(100, 10)
      let now = start
      const added: { readonly slice: number; readonly good: boolean }[] = []
      for (const { good, after } of given) {
        now += after
        window.add(good, now)
        const slice = Math.floor(now / 100)
        added.push({ slice, good })
        const counted = added.filter((one) => one.slice > slice - slices)
        const goods = counted.filter((one) => one.good).length
        expect(window.total(now, slices)).toEqual({ good: goods, bad: counted.length - goods })
      }
    }),
    { numRuns: 200 },
  )
})
