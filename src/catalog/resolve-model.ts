import type { Catalog, Model } from './model.ts'

/** The model of that slug or alias; a slug is never hidden by an alias. Null when there is none. */
export function resolveModel(catalog: Catalog, slug: string): Model | null {
  return catalog.models.get(slug) ?? catalog.models.get(catalog.aliases.get(slug) ?? '') ?? null
}
