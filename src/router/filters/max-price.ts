import { picoPerUsd, type PriceKind, priceKinds } from '../../catalog/price-kinds.ts'
import type { Filter } from './filter.ts'

/** The kinds of prices that a request may limit (contract §1.2). */
const capped = ['prompt', 'completion', 'request', 'image', 'audio'] as const satisfies readonly PriceKind[]

/** Leaves out endpoints of which any price is higher than `max_price` allows. */
export const maxPrice: Filter = {
  name: 'max_price',
  verdict: { type: 'unavailable', code: 'constraint_filtered' },
  ruleFor({ routing: { maxPrice: caps } }) {
    if (caps === undefined) return null
    return ({ pricing }) => {
      for (const part of capped) {
        const pico = picoPerUsd(part)
        const cap = caps[part]
        const price = pricing[part] ?? 0
        // A cap may be any number, also one that is not valid as a price, so it is not parsed as a price.
        if (cap === undefined || price <= Math.round(cap * pico)) continue
        const unit = priceKinds[part].unit === 'token' ? 'USD per million tokens' : 'USD'
        return { field: 'max_price', detail: `its ${part} price is ${price / pico} ${unit}, the cap is ${cap}` }
      }
      return null
    }
  },
}
