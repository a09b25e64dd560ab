import type { CatalogEntry } from './catalog-entry.ts'
import { findTemplate } from './find-template.ts'
import { modelName } from './model-name.ts'
import type { Template } from './template.ts'

/** What is known of models, also where an operator offers one under a slug of their own. */
export interface KnownModels {
  /** A built-in slug tells which model it is; behind an operator's own slug the upstream's id tells more. */
  template(slug: string, upstreamModel: string): Template
  /** As the entry says; where it says nothing, as the catalogue says of the same model. */
  reasoning(entry: CatalogEntry, upstreamModel: string | undefined): CatalogEntry['reasoning']
}

/** Finds what the catalogue that comes with the program knows. */
export function knownModels(entries: readonly CatalogEntry[]): KnownModels {
  const bySlug = new Map(entries.map((entry) => [entry.slug, entry]))
  let byName: ReadonlyMap<string, CatalogEntry> | undefined
  return {
    template: (slug, upstreamModel) => findTemplate(bySlug.has(slug) ? [slug, upstreamModel] : [upstreamModel, slug]),
    reasoning({ slug, reasoning }, upstreamModel) {
      if (reasoning !== undefined) return reasoning
      const same = bySlug.get(slug)
      if (same !== undefined || upstreamModel === undefined) return same?.reasoning
      byName ??= entriesByName(entries)
      return byName.get(identity(upstreamModel))?.reasoning
    },
  }
}

/** Of two entries of one name the slug's counts, then the first. */
function entriesByName(entries: readonly CatalogEntry[]): ReadonlyMap<string, CatalogEntry> {
  const names = new Map<string, CatalogEntry>()
  const name = (id: string, entry: CatalogEntry): void => {
    if (!names.has(identity(id))) names.set(identity(id), entry)
  }
  for (const entry of entries) name(entry.slug, entry)
  for (const entry of entries) for (const { model } of entry.endpoints) name(model, entry)
  return names
}

/** Hosts write versions with points and with hyphens. */
const identity = (id: string): string => modelName(id).replaceAll('.', '-')
