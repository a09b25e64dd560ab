import type { CatalogEntry } from './catalog-entry.ts'
import { findTemplate } from './find-template.ts'
import { modelName } from './model-name.ts'
import type { Template } from './template.ts'

/** Facts about models, also for those that an operator offers under a slug of their own. */
export interface KnownModels {
  /** Finds the template. A built-in slug identifies the model. Where the slug is the operator's own, the upstream's id is tried first. */
  template(slug: string, upstreamModel: string): Template
  /** Returns the entry's own value. Where it has none, returns the catalogue's value for the same model. */
  reasoning(entry: CatalogEntry, upstreamModel: string | undefined): CatalogEntry['reasoning']
}

/** Creates a lookup of what the bundled catalogue knows about models. */
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

/** Maps names to entries. Where two entries have one name, an entry's slug has priority over an upstream id, then the first entry wins. */
function entriesByName(entries: readonly CatalogEntry[]): ReadonlyMap<string, CatalogEntry> {
  const names = new Map<string, CatalogEntry>()
  const name = (id: string, entry: CatalogEntry): void => {
    if (!names.has(identity(id))) names.set(identity(id), entry)
  }
  for (const entry of entries) name(entry.slug, entry)
  for (const entry of entries) for (const { model } of entry.endpoints) name(model, entry)
  return names
}

/** Hosts write version numbers with dots or with hyphens, so the two forms count as the same. */
const identity = (id: string): string => modelName(id).replaceAll('.', '-')
