import { didYouMean } from '../config/suggest.ts'
import type { Catalog } from './read-config.ts'

/**
 * A model that is offered, by slug or alias.
 * @throws Error that suggests another.
 */
export function findModel(catalog: Catalog, slug: string) {
  const model = catalog.models.get(catalog.aliases.get(slug) ?? slug)
  if (model !== undefined) return model
  const known = [...catalog.models.keys(), ...catalog.aliases.keys()]
  throw new Error(`There is no model "${slug}".${didYouMean(slug, known) || ' See `waygate models`.'}`)
}
