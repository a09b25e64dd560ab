import type { Endpoint, Pricing } from './endpoint.ts'

/** Tells whether an endpoint costs nothing at any time. */
export const isFree = ({ pricing: { overrides = [], ...prices } }: Endpoint): boolean =>
  [prices, ...overrides.map(({ pricing }) => pricing)].every(costsNothing)

const costsNothing = (prices: Partial<Omit<Pricing, 'overrides'>>): boolean =>
  Object.values(prices).every((price) => price === 0)
