import type { CatalogEntry } from '../catalog/catalog-entry.ts'
import type { Catalog } from '../catalog/model.ts'
import type { Config } from '../config/config.ts'
import { nearestWord } from '../util/nearest-word.ts'

/**
 * Returns a warning for each slug under `routing` that neither the catalogue nor the configuration has. There is no warning for a model
 * that is known but not offered, because its provider may get a key later. These are warnings, not errors, because a local server may list
 * the model later.
 */
export function unknownRoutedSlugs(
  { routing, file }: Pick<Config, 'routing' | 'file'>,
  entries: readonly CatalogEntry[],
  catalog: Catalog,
): readonly string[] {
  const named = [
    ...Object.entries(routing.auto).flatMap(([task, slugs]) =>
      slugs.map((slug, index) => ({ path: `routing.auto.${task}[${index}]`, slug })),
    ),
    ...Object.keys(routing.codingScores).map((slug) => ({ path: `routing.coding_scores.${slug}`, slug })),
  ]
  // A slug with dots has an alias with dashes.
  const listed = entries.flatMap(({ slug, aliases = [] }) => [slug, slug.replaceAll('.', '-'), ...aliases])
  const known = new Set([...catalog.models.keys(), ...catalog.aliases.keys(), ...listed])
  return named
    .filter(({ slug }) => !known.has(slug))
    .map(({ path, slug }) => unknownSlugWarning(file, path, slug, known))
}

/** Words the warning of a place in the configuration that names an unknown model. */
export function unknownSlugWarning(file: string | null, path: string, slug: string, known: Iterable<string>): string {
  const nearest = nearestWord(slug, known)
  const advice = nearest === null ? '' : ` Did you mean "${nearest}"?`
  return `${file ?? 'The configuration'}: ${path} names ${slug}, a model that is not known here.${advice}`
}
