import type { GenerationRequest } from '../../../canonical/generation-request.ts'
import type { PluginRequest } from '../../../canonical/plugin-request.ts'
import type { PipelineStage, Strategy } from '../../../canonical/router-metadata.ts'
import type { Tool } from '../../../canonical/tool.ts'
import type { Catalog, Model } from '../../../catalog/model.ts'
import type { Miss } from '../miss.ts'
import type { Variant } from '../variant.ts'

/** What a router model uses besides the request. */
export interface RouterModelContext {
  readonly catalog: Catalog
  /** All models to choose from, in the order of the listing, in the variant of the router model's slug. */
  readonly pool: readonly Model[]
  /** The variants of the router model's slug. */
  readonly variants: ReadonlySet<Variant>
  /** Finds a model by slug or alias, in that variant; null where there is none. */
  readonly find: (slug: string) => Model | null
  /** Finds the newest model of `~author/family-latest`; null where there is none. */
  readonly latest: (slug: string) => Model | null
  /** Tells whether any endpoint of the model passes the filters for the request. */
  readonly serves: (model: Model) => boolean
  /** Returns the recent tokens per second of a model; null where none were measured. */
  readonly throughput: (model: Model) => number | null
  /** Tells whether the session stays with this model: then it comes first, as long as it can serve (contract §6.11). */
  readonly isSticky: (model: Model) => boolean
  /** Uniform in [0, 1). */
  readonly chance: () => number
  readonly rankings: RouterModels
}

/** The configuration of the router models. */
export interface RouterModels {
  /** For `openrouter/auto`: slugs, best first, by task type or `default`. */
  readonly auto: Readonly<Record<string, readonly string[]>>
  /** For `openrouter/pareto-code`: scores from 0 to 1, by slug. */
  readonly codingScores: Readonly<Record<string, number>>
}

/** The chosen models, best first, with the description of the choice. */
export interface Chosen {
  readonly models: readonly Model[]
  readonly parameters?: Readonly<Record<string, unknown>>
  readonly stage?: PipelineStage
  /** The plugins and the tools that the slug stands for. */
  readonly plugins?: readonly PluginRequest[]
  readonly tools?: readonly Tool[]
}

/** A slug that resolves to models which suit the request (contract §6.8). Pure except for `chance`. */
export interface RouterModel {
  readonly strategy: Strategy
  /** Chooses models for a request. */
  choose(request: GenerationRequest, context: RouterModelContext): Chosen | Miss
}

/** The most models that are chosen: a first choice and two fallbacks. */
export const mostChosen = 3

/** Moves the model with which the session stays to the front. */
export const stickyFirst = (models: readonly Model[], isSticky: (model: Model) => boolean): readonly Model[] =>
  models.toSorted((a, b) => Number(isSticky(b)) - Number(isSticky(a)))

/** Removes the models of the simulator where there are others: it answers every request at no cost, and would always be chosen. */
export function withoutSimulator(models: readonly Model[]): readonly Model[] {
  const real = models.filter(({ author }) => author !== 'waygate')
  return real.length > 0 ? real : models
}
