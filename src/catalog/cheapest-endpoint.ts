import { blendedPrice } from './blended-price.ts'
import type { Endpoint } from './endpoint.ts'

/** Returns the cheapest endpoint. Clients opt into other tiers (contract §6.10), so those endpoints count only where there is no other. */
export function cheapestEndpoint(endpoints: readonly Endpoint[]): Endpoint | undefined {
  const plain = endpoints.filter((endpoint) => endpoint.tier === 'default')
  return (plain.length > 0 ? plain : endpoints).toSorted((a, b) => blendedPrice(a.pricing) - blendedPrice(b.pricing))[0]
}
