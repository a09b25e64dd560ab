import type { Filter } from './filter.ts'

/** Pico-USD that one USD of a cap allows a unit: caps on tokens are per million of them (contract §1.2). */
const perUsd = [
  ['prompt', 1e6],
  ['completion', 1e6],
  ['request', 1e12],
  ['image', 1e12],
  ['audio', 1e12],
] as const

/** An endpoint that charges more for anything than `max_price` allows is left out. */
export const maxPrice: Filter = {
  name: 'max_price',
  ruleFor({ routing: { maxPrice: caps } }) {
    if (caps === undefined) return null
    return ({ pricing }) => {
      for (const [part, pico] of perUsd) {
        const cap = caps[part]
        const price = pricing[part] ?? 0
        // A cap may be any number, also one that no price can be, so it is not read as a price.
        if (cap === undefined || price <= Math.round(cap * pico)) continue
        const unit = pico === 1e6 ? 'USD per million tokens' : 'USD'
        return { field: 'max_price', detail: `its ${part} price is ${price / pico} ${unit}, the cap is ${cap}` }
      }
      return null
    }
  },
}
