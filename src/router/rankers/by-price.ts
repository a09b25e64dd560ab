import { blendedPrice } from '../../catalog/blended-price.ts'
import type { Ranker } from './ranker.ts'

/** `sort: "price"`: the cheapest first (contract §6.6). */
export const byPrice: Ranker = (endpoints, { routing }) =>
  routing.sort?.by === 'price'
    ? endpoints.toSorted((a, b) => blendedPrice(a.pricing) - blendedPrice(b.pricing))
    : endpoints
