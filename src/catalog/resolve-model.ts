import type { Catalog, Model } from './model.ts'

/** Returns the model with this slug or alias, or null. An alias never hides a slug. */
export function resolveModel(catalog: Catalog, slug: string): Model | null {
  return catalog.models.get(slug) ?? catalog.models.get(catalog.aliases.get(slug) ?? '') ?? null
}
