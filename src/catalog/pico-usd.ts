import type { PriceList, Prices } from './catalog-entry.ts'
import type { Pricing } from './endpoint.ts'
import { trimEnd } from '../util/trim-end.ts'

/**
 * USD per million tokens as whole pico-USD a token: 0.0375 becomes 37,500. What is finer than six decimals is rounded.
 * @throws RangeError, beginning with `what`, when it is negative, not a number, or beyond what an integer holds.
 */
export const usdPerMillionToPico = (usd: number, what = 'Price'): number => toPico(usd, 1e6, what)

/** USD a unit as whole pico-USD. @throws RangeError as above. */
export const usdToPico = (usd: number, what = 'Price'): number => toPico(usd, 1e12, what)

/** Whole pico-USD as USD in plain decimals: 37,500 becomes `0.0000000375`. */
export function picoToUsd(pico: number): string {
  const digits = String(pico).padStart(13, '0')
  const fraction = trimEnd(digits.slice(-12), '0')
  return fraction === '' ? digits.slice(0, -12) : `${digits.slice(0, -12)}.${fraction}`
}

function toPico(usd: number, factor: number, what: string): number {
  const pico = Math.round(usd * factor)
  if (usd >= 0 && Number.isSafeInteger(pico)) return pico
  const most = Math.floor(Number.MAX_SAFE_INTEGER / factor)
  throw new RangeError(`${what} is ${usd}, which is no price: expected USD from 0 to ${most}.`)
}

const perToken = [
  'prompt',
  'completion',
  'audio',
  'inputAudioCache',
  'audioOutput',
  'imageOutput',
  'internalReasoning',
  'inputCacheRead',
  'inputCacheWrite',
  'inputCacheWrite1h',
] as const
const perUnit = ['request', 'image', 'webSearch'] as const

/** @throws RangeError that names the price, beginning with `where`. */
export function priceListToPico({ overrides, ...prices }: PriceList, where: string): Pricing {
  const pricing: Pricing = { prompt: 0, completion: 0, ...pricesToPico(prices, where) }
  if (overrides === undefined) return pricing
  return { ...pricing, overrides: overrides.map((each) => ({ ...each, pricing: pricesToPico(each.pricing, where) })) }
}

function pricesToPico(prices: Prices, where: string): Partial<Omit<Pricing, 'overrides'>> {
  const pico: { -readonly [key in keyof Prices]: number } = {}
  for (const key of perToken) {
    const usd = prices[key]
    if (usd !== undefined) pico[key] = usdPerMillionToPico(usd, `${where}: pricing.${key}`)
  }
  for (const key of perUnit) {
    const usd = prices[key]
    if (usd !== undefined) pico[key] = usdToPico(usd, `${where}: pricing.${key}`)
  }
  return pico
}
