import { search } from '../util/pattern.ts'
import type { Catalog, Model } from './model.ts'

/**
 * Returns the model with this slug or alias, or null. An alias never hides a slug. Vendors' clients also send names with a date, or `-latest`;
 * where no model has such a name, they mean the one without.
 */
export function resolveModel(catalog: Catalog, slug: string): Model | null {
  return listed(catalog, slug) ?? listed(catalog, withoutDate(slug))
}

/** Returns a name without the date, or `-latest`, at its end. */
export function withoutDate(name: string): string {
  const date = search(dated, name)
  return date === null ? name : name.slice(0, date.index)
}

const dated = /-(?:20\d{6}|20\d{2}-\d{2}-\d{2}|latest)$/

const listed = (catalog: Catalog, slug: string): Model | null =>
  catalog.models.get(slug) ?? catalog.models.get(catalog.aliases.get(slug) ?? '') ?? null
