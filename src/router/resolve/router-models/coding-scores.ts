import type { Catalog, Model } from '../../../catalog/model.ts'
import { isCapable } from './capability.ts'
import { modelPrice } from './cost-band.ts'

const guesses = new WeakMap<Catalog, ReadonlyMap<string, number>>()

/**
 * Returns the function that scores how well a model writes code, from 0 to 1. The score is the configured one, by the slug of the model or of
 * the model that it is a variant of, else an estimate from the catalogue. Null for a model that has no score and takes no tools.
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
 * Estimates the scores without benchmark results. Among the models that take tools, one counts as a better coder if it is newer, costs more
 * and reasons. The score is the share of models that are not better, so that each third of the models is a tier.
 */
function guess(catalog: Catalog): ReadonlyMap<string, number> {
  const models = [...catalog.models.values()].filter((model) => isCapable(model, 'tools'))
  const byDate = ranks(models, ({ created }) => created)
  const byPrice = ranks(models, modelPrice)
  const merit = (model: Model): number =>
    0.5 * (byDate.get(model) ?? 0) + 0.3 * (byPrice.get(model) ?? 0) + (model.reasoning === null ? 0 : 0.2)
  return new Map([...ranks(models, merit)].map(([{ slug }, rank]) => [slug, rank]))
}

/** Ranks models by a figure: just above 0 for the least, 1 for the greatest. Models of the same figure share the highest of their ranks. */
function ranks(models: readonly Model[], figure: (model: Model) => number): ReadonlyMap<Model, number> {
  const figures = models.map((model) => ({ model, value: figure(model) })).sort((a, b) => a.value - b.value)
  const shares = new Map(figures.map(({ value }, index) => [value, (index + 1) / figures.length]))
  return new Map(figures.map(({ model, value }) => [model, shares.get(value) ?? 0]))
}
