import type { Pricing } from './endpoint.ts'
import { mapPrices, picoPerUsd, type PriceKind, type PriceList, type Prices } from './price-kinds.ts'
import { trimEnd } from '../util/trim-end.ts'

/**
 * Converts a price in the form that people write into whole pico-USD: 0.0375 USD per million prompt tokens becomes 37,500 per token.
 * Anything finer is rounded.
 * @throws RangeError, with a message that begins with `what`, when the price is negative, not a number, or larger than the largest safe
 *   integer.
 */
export function usdToPico(usd: number, kind: PriceKind, what = 'Price'): number {
  const factor = picoPerUsd(kind)
  const pico = Math.round(usd * factor)
  if (usd >= 0 && Number.isSafeInteger(pico)) return pico
  const most = Math.floor(Number.MAX_SAFE_INTEGER / factor)
  throw new RangeError(`${what} is ${usd}, which is no price: expected USD from 0 to ${most}.`)
}

/** Converts whole pico-USD into USD in plain decimals: 37,500 becomes `0.0000000375`. */
export function picoToUsd(pico: number): string {
  const digits = String(pico).padStart(13, '0')
  const fraction = trimEnd(digits.slice(-12), '0')
  return fraction === '' ? digits.slice(0, -12) : `${digits.slice(0, -12)}.${fraction}`
}

/**
 * Converts a price list.
 * @throws RangeError that names the price, with a message that begins with `where`.
 */
export function priceListToPico({ overrides, ...prices }: PriceList, where: string): Pricing {
  const pricing: Pricing = { prompt: 0, completion: 0, ...pricesToPico(prices, where) }
  if (overrides === undefined) return pricing
  return { ...pricing, overrides: overrides.map((each) => ({ ...each, pricing: pricesToPico(each.pricing, where) })) }
}

const pricesToPico = (prices: Prices, where: string): Prices =>
  mapPrices(prices, (usd, kind) => usdToPico(usd, kind, `${where}: pricing.${kind}`))
