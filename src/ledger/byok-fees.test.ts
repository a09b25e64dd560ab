import { describe, expect, test } from 'vitest'
import type { Cost } from '../canonical/usage.ts'
import { ByokFees } from './byok-fees.ts'

const list = (total: number): Cost => ({
  total,
  prompt: total,
  completion: 0,
  other: 0,
  tools: 0,
  isByok: false,
  provenance: 'provider_reported',
})
const november = Date.UTC(2026, 10, 29)
const nothingUsed = { byokSpentByAccount: () => Promise.resolve(0) }
const feesOf = (feePercent: number, monthlyAllowance = 0, store = nothingUsed) =>
  new ByokFees({ feePercent, monthlyAllowance }, store)

describe('contract §6.17: the fee for calls with keys of an account', () => {
  test.each([
    [5, 19_000_000_000, 950_000_000],
    [0, 19_000_000_000, 0],
    [100, 7, 7],
    // Half a nano-USD is rounded up, less is rounded down.
    [10, 5, 1],
    [10, 4, 0],
    [0.5, 99, 0],
    [0.5, 100, 1],
    [2.25, 1_000_000, 22_500],
    [0.000001, 1_000_000_000, 10],
    // No product of these is a safe integer.
    [12.345678, 9_007_199_254_740_991, 1_111_999_816_808_722],
  ])('%d %% of %d nano-USD is %d', (percent, price, fee) => {
    const fees = feesOf(percent)
    expect(fees.most(price)).toBe(fee)
    expect(fees.charge(list(price), 'default', november)).toEqual({
      total: fee,
      prompt: 0,
      completion: 0,
      other: fee,
      tools: 0,
      isByok: true,
      upstream: { total: price, prompt: price, completion: 0 },
      provenance: 'provider_reported',
    })
  })

  test('other settings count the same use, and go on counting it while there is no allowance', async () => {
    const before = feesOf(50, 100)
    await before.ready('a', november)
    expect(before.charge(list(80), 'a', november).total).toBe(0)
    const without = before.under({ feePercent: 10, monthlyAllowance: 0 })
    await without.ready('a', november)
    expect([without.most(40), without.charge(list(40), 'a', november).total]).toEqual([4, 4])
    const after = without.under({ feePercent: 50, monthlyAllowance: 200 })
    await after.ready('a', november)
    expect(after.charge(list(100), 'a', november).total).toBe(10)
    // A call that began under the settings before ends under them.
    expect(before.charge(list(10), 'a', november).total).toBe(5)
  })

  test('each account and each month has an allowance of its own', async () => {
    const fees = feesOf(50, 100)
    const charged = async (account: string, at: number) => {
      await fees.ready(account, at)
      return fees.charge(list(80), account, at).total
    }
    expect(await charged('a', november)).toBe(0)
    expect(await charged('a', november)).toBe(30)
    expect(await charged('b', november)).toBe(0)
    const december = Date.UTC(2026, 11, 1)
    expect(await charged('a', december)).toBe(0)
    // A generation that began before midnight counts for its own month.
    expect(await charged('a', december - 1)).toBe(40)
  })

  test('the use of the month is read once, from its beginning on, and what is billed meanwhile is not lost', async () => {
    const asked: unknown[] = []
    const reading = Promise.withResolvers<number>()
    const fees = feesOf(50, 100, {
      byokSpentByAccount: (...of: unknown[]) => {
        asked.push(of)
        return reading.promise
      },
    })
    const ready = [fees.ready('a', november), fees.ready('a', november)]
    reading.resolve(90)
    await Promise.all(ready)
    expect(fees.charge(list(10), 'a', november).total).toBe(0)
    expect(fees.charge(list(10), 'a', november).total).toBe(5)
    await fees.ready('a', november)
    expect(asked).toEqual([['a', Date.UTC(2026, 10, 1)]])
  })

  test('while the use cannot be read, no request fails and no fee is charged within the allowance', async () => {
    let broken = true
    const fees = feesOf(50, 100, {
      byokSpentByAccount: () => (broken ? Promise.reject(new Error('disk I/O error')) : Promise.resolve(100)),
    })
    await fees.ready('a', november)
    expect(fees.charge(list(80), 'a', november).total).toBe(0)
    broken = false
    await fees.ready('a', november)
    expect(fees.charge(list(80), 'a', november).total).toBe(40)
  })
})
