import { assert, nat, property, tuple } from 'fast-check'
import { expect, it } from 'vitest'
import { picoToUsd, priceListToPico, usdToPico } from './pico-usd.ts'

it.each([
  [0, 0],
  [0.0375, 37_500],
  [0.07, 70_000],
  [1.1, 1_100_000],
  [0.28, 280_000],
  [2.19, 2_190_000],
  [0.000001, 1],
])('%d USD per million tokens is %d pico-USD a token', (usd, pico) => {
  expect(usdToPico(usd, 'prompt')).toBe(pico)
})

it('is exact for every price of up to six decimals', () => {
  const price = tuple(nat(9999), nat(999_999))
  assert(
    property(price, ([whole, millionths]) => {
      const usd = Number(`${whole}.${String(millionths).padStart(6, '0')}`)
      expect(usdToPico(usd, 'prompt')).toBe(whole * 1_000_000 + millionths)
    }),
  )
})

it.each([-1, -0.000001, NaN, Infinity, 1e10])('refuses %d as a price', (usd) => {
  expect(() => usdToPico(usd, 'prompt')).toThrow(RangeError)
  expect(() => usdToPico(usd, 'request')).toThrow('expected USD from 0 to 9007')
})

it.each([
  [0, '0'],
  [1, '0.000000000001'],
  [37_500, '0.0000000375'],
  [15_000_000, '0.000015'],
  [10_000_000_000, '0.01'],
  [1_000_000_000_000, '1'],
  [12_500_000_000_000, '12.5'],
  [Number.MAX_SAFE_INTEGER, '9007.199254740991'],
])('%d pico-USD is %s USD, without exponent', (pico, usd) => {
  expect(picoToUsd(pico)).toBe(usd)
})

it('prices tokens by the million, units by the piece, and overrides likewise', () => {
  const list = {
    prompt: 0.25,
    webSearch: 0.01,
    inputCacheRead: 0.025,
    overrides: [{ minPromptTokens: 200_000, pricing: { prompt: 0.5, request: 0.005 } }],
  }
  expect(priceListToPico(list, 'here')).toEqual({
    prompt: 250_000,
    completion: 0,
    webSearch: 10_000_000_000,
    inputCacheRead: 25_000,
    overrides: [{ minPromptTokens: 200_000, pricing: { prompt: 500_000, request: 5_000_000_000 } }],
  })
})
