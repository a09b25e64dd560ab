import type { Endpoint, Pricing } from '../../catalog/endpoint.ts'
import type { Model } from '../../catalog/model.ts'

/** The variants that were made. They stay the same objects as long as the catalogue keeps the model. */
const made = new WeakMap<Model, Model | null>()

/** Returns the model with only its endpoints that cost nothing; null when it has none (contract §6.1). */
export function freeVariant(model: Model): Model | null {
  const known = made.get(model)
  if (known !== undefined) return known
  const variant = make(model)
  made.set(model, variant)
  return variant
}

/** Tells whether an endpoint costs nothing at any time. */
export const isFree = ({ pricing: { overrides = [], ...prices } }: Endpoint): boolean =>
  [prices, ...overrides.map(({ pricing }) => pricing)].every(costsNothing)

const costsNothing = (prices: Partial<Omit<Pricing, 'overrides'>>): boolean =>
  Object.values(prices).every((price) => price === 0)

function make(model: Model): Model | null {
  const slug = `${model.slug}:free`
  const endpoints = model.endpoints
    .filter(isFree)
    .map((endpoint) => ({ ...endpoint, id: `${slug}@${endpoint.tag}`, model: slug }))
  return endpoints.length === 0 ? null : { ...model, slug, name: `${model.name} (free)`, aliases: [], endpoints }
}
