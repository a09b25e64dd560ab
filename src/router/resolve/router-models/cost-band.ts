import { blendedPrice } from '../../../catalog/blended-price.ts'
import { cheapestEndpoint } from '../../../catalog/cheapest-endpoint.ts'
import type { Model } from '../../../catalog/model.ts'
import type { AutoRouterPreferences, CostTier } from '../../../canonical/routing-preferences.ts'

/** A band of price percentiles, from the first to below the second. The most expensive models are in the last band (contract §6.8). */
interface Band {
  readonly from: number
  readonly to: number
}

const tiers: Readonly<Record<CostTier, Band>> = {
  low: { from: 0, to: 20 },
  medium: { from: 20, to: 40 },
  high: { from: 40, to: 60 },
  xhigh: { from: 60, to: 80 },
  max: { from: 80, to: 101 },
}

/** Returns the price of a model, in pico-USD for three parts prompt and one part completion. */
export function modelPrice({ endpoints }: Model): number {
  const cheapest = cheapestEndpoint(endpoints)
  return cheapest === undefined ? Infinity : blendedPrice(cheapest.pricing)
}

/**
 * Returns the band that a request asks for; null where it asks for none. The deprecated `cost_quality_tradeoff` sets an upper limit from p90
 * down to p10 (contract §10.38).
 */
export function askedBand({ costTier, costQualityTradeoff }: AutoRouterPreferences): Band | null {
  if (costTier !== undefined) return tiers[costTier]
  return costQualityTradeoff === undefined ? null : { from: 0, to: 90 - 8 * costQualityTradeoff }
}

/** The band of a request that asks for none. */
export const defaultBand: Band = tiers.low

/** Keeps the models whose price is in the band, or where there are none, those nearest to it. Models of equal price are treated alike. */
export function withinBand(models: readonly Model[], band: Band): readonly Model[] {
  const prices = models.map(modelPrice).sort((a, b) => a - b)
  const last = Math.max(1, prices.length - 1)
  const percentiles = new Map<number, number>()
  prices.forEach((price, index) => {
    if (!percentiles.has(price)) percentiles.set(price, (100 * index) / last)
  })
  const distance = (model: Model): number => {
    const percentile = percentiles.get(modelPrice(model)) ?? 0
    if (percentile < band.from) return band.from - percentile
    return percentile < band.to ? 0 : percentile - band.to + Number.EPSILON
  }
  const distances = new Map(models.map((model) => [model, distance(model)]))
  const nearest = Math.min(...distances.values())
  return models.filter((model) => distances.get(model) === nearest)
}
