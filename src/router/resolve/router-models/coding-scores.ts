import type { Catalog, Model } from '../../../catalog/model.ts'
import { isCapable } from './capability.ts'
import { modelPrice } from './cost-band.ts'

const guesses = new WeakMap<Catalog, ReadonlyMap<string, number>>()

/**
 * How well a model writes code, from 0 to 1: as configured, by its slug or that of the model it is a variant of, else guessed from
 * what the catalogue says. Null for a model without a score that takes no tools.
 */
export function codingScores(
  catalog: Catalog,
  configured: Readonly<Record<string, number>>,
): (model: Model) => number | null {
  const guessed = guesses.get(catalog) ?? guess(catalog)
  guesses.set(catalog, guessed)
  const scoreOf = (slug: string): number | undefined =>
    Object.hasOwn(configured, slug) ? configured[slug] : guessed.get(slug)
  return ({ slug }) => scoreOf(slug) ?? scoreOf(withoutVariant(slug)) ?? null
}

function withoutVariant(slug: string): string {
  const colon = slug.indexOf(':', slug.lastIndexOf('/'))
  return colon === -1 ? slug : slug.slice(0, colon)
}

/**
 * There are no benchmark results here. Of the models that take tools, those count as better coders that came out later, cost more and
 * reason; the score is the share of them that a model leaves behind, so that every third is a tier.
 */
function guess(catalog: Catalog): ReadonlyMap<string, number> {
  const models = [...catalog.models.values()].filter((model) => isCapable(model, 'tools'))
  const byDate = ranks(models, ({ created }) => created)
  const byPrice = ranks(models, modelPrice)
  const merit = (model: Model): number =>
    0.5 * (byDate.get(model) ?? 0) + 0.3 * (byPrice.get(model) ?? 0) + (model.reasoning === null ? 0 : 0.2)
  return new Map([...ranks(models, merit)].map(([{ slug }, rank]) => [slug, rank]))
}

/** Above 0 for the least, 1 for the greatest; equals share the rank of the best among them. */
function ranks(models: readonly Model[], figure: (model: Model) => number): ReadonlyMap<Model, number> {
  const figures = models.map((model) => ({ model, value: figure(model) })).sort((a, b) => a.value - b.value)
  const shares = new Map(figures.map(({ value }, index) => [value, (index + 1) / figures.length]))
  return new Map(figures.map(({ model, value }) => [model, shares.get(value) ?? 0]))
}
