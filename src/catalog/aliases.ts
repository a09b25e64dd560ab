interface Named {
  readonly slug: string
  readonly aliases?: readonly string[]
  /** What the endpoints call it upstream. */
  readonly upstreamNames?: readonly string[]
}

/**
 * Returns the slugs by all other names of the models. A configured alias has priority over a derived one, and a model's own name over an
 * alias of another model; what providers call a model comes last.
 */
export function aliasesOf(models: readonly Named[], bareNames: boolean): ReadonlyMap<string, string> {
  const full = [...dashedNames(models), ...givenNames(models)]
  if (!bareNames) return new Map(full)
  const own = byBareName(models.map(({ slug }) => [slug, slug]))
  const derived = [...byBareName(full)].filter(([bare]) => !own.has(bare))
  const sole = [...own, ...derived].flatMap(([bare, [slug, ...others]]): readonly Name[] =>
    slug === undefined || others.length > 0 ? [] : [[bare, slug]],
  )
  return new Map([...upstreamNames(models), ...sole, ...full])
}

/** The names by which providers know a model, where only one model has such a name: clients of the vendors send these. */
function upstreamNames(models: readonly Named[]): readonly Name[] {
  const owners = new Map<string, string | null>()
  for (const { slug, upstreamNames: names = [] } of models) {
    for (const name of names) owners.set(name, owners.has(name) && owners.get(name) !== slug ? null : slug)
  }
  return [...owners].flatMap(([name, slug]): readonly Name[] => (slug === null ? [] : [[name, slug]]))
}

/** Returns the slugs whose name without author is this name. */
export const slugsWithName = (slugs: Iterable<string>, name: string): readonly string[] =>
  [...slugs].filter((slug) => bareName(slug) === name)

type Name = readonly [name: string, slug: string]

/** Clients also write version numbers with dashes (contract §6.1), so every slug with dots has an alias with dashes. */
const dashedNames = (models: readonly Named[]): readonly Name[] =>
  models.filter(({ slug }) => slug.includes('.')).map(({ slug }) => [slug.replaceAll('.', '-'), slug])

const givenNames = (models: readonly Named[]): readonly Name[] =>
  models.flatMap(({ slug, aliases = [] }) => aliases.map((alias): Name => [alias, slug]))

/** Maps each name without its author to the slugs that have it. */
function byBareName(names: readonly Name[]): ReadonlyMap<string, ReadonlySet<string>> {
  const slugs = new Map<string, Set<string>>()
  for (const [name, slug] of names) {
    const bare = bareName(name)
    slugs.set(bare, (slugs.get(bare) ?? new Set()).add(slug))
  }
  return slugs
}

const bareName = (name: string): string => name.slice(name.indexOf('/') + 1)
