import { isFree } from '../../catalog/is-free.ts'
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

function make(model: Model): Model | null {
  const slug = `${model.slug}:free`
  const endpoints = model.endpoints
    .filter(isFree)
    .map((endpoint) => ({ ...endpoint, id: `${slug}@${endpoint.tag}`, model: slug }))
  return endpoints.length === 0 ? null : { ...model, slug, name: `${model.name} (free)`, aliases: [], endpoints }
}
