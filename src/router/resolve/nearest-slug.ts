import type { Catalog } from '../../catalog/model.ts'
import { nearestWord } from '../../util/nearest-word.ts'

/** The most names that are compared with a wrong one. */
const mostNames = 5000

/** Returns the slug that was probably meant, also where only the author is missing; null when none is similar enough. */
export function nearestSlug(catalog: Catalog, slug: string, routerSlugs: readonly string[]): string | null {
  const slugs = [...catalog.models.keys(), ...catalog.aliases.keys(), ...routerSlugs].slice(0, mostNames)
  // Ollama lists the version that it means by the plain name under this tag.
  const latest = `${slug.toLowerCase()}:latest`
  const tagged = slugs.find((known) => known.toLowerCase() === latest || known.toLowerCase().endsWith(`/${latest}`))
  if (tagged !== undefined) return tagged
  if (slug.includes('/')) return nearestWord(slug, slugs)
  // Where several models have the same name, the first one in the listing is used.
  const byName = new Map(slugs.toReversed().map((known) => [known.slice(known.indexOf('/') + 1), known]))
  const name = nearestWord(slug, byName.keys())
  return name === null ? null : (byName.get(name) ?? null)
}
