import type { GenerationRequest } from '../../../canonical/generation-request.ts'
import type { PipelineStage, Strategy } from '../../../canonical/router-metadata.ts'
import type { Catalog, Model } from '../../../catalog/model.ts'
import type { Miss } from '../miss.ts'
import type { Variant } from '../variant.ts'

/** What a router model goes by besides the request. */
export interface RouterModelContext {
  readonly catalog: Catalog
  /** All that it may choose from, in listing order, in the variant that its own slug asks for. */
  readonly pool: readonly Model[]
  /** The variants of its slug. */
  readonly variants: ReadonlySet<Variant>
  /** A model by slug or alias, in that variant; null where there is none. */
  readonly find: (slug: string) => Model | null
  /** Whether any endpoint of the model survives the request's own filters. */
  readonly serves: (model: Model) => boolean
  /** Tokens per second lately; null when nobody knows. */
  readonly throughput: (model: Model) => number | null
  /** Whether the session is with this model: then it stays the first while it comes into question (contract §6.11). */
  readonly isSticky: (model: Model) => boolean
  /** Uniform in [0, 1). */
  readonly chance: () => number
  readonly rankings: RouterModels
}

/** What the configuration says about the choice of models. */
export interface RouterModels {
  /** Slugs, best first, by task type or `default`, for `openrouter/auto`. */
  readonly auto: Readonly<Record<string, readonly string[]>>
  /** From 0 to 1 by slug, for `openrouter/pareto-code`. */
  readonly codingScores: Readonly<Record<string, number>>
}

/** The models to try, best first, and what there is to say about the choice. */
export interface Chosen {
  readonly models: readonly Model[]
  readonly parameters?: Readonly<Record<string, unknown>>
  readonly stage?: PipelineStage
}

/** A slug that stands for whatever models suit the request (contract §6.8). Pure but for `chance`. */
export interface RouterModel {
  readonly strategy: Strategy
  choose(request: GenerationRequest, context: RouterModelContext): Chosen | Miss
}

/** A first choice and two to fall back on. */
export const mostChosen = 3

/** The same models, the one that the session is with first. */
export const stickyFirst = (models: readonly Model[], isSticky: (model: Model) => boolean): readonly Model[] =>
  models.toSorted((a, b) => Number(isSticky(b)) - Number(isSticky(a)))

/** The simulator answers anything for nothing: it is chosen only where there is nothing else. */
export function withoutSimulator(models: readonly Model[]): readonly Model[] {
  const real = models.filter(({ author }) => author !== 'waygate')
  return real.length > 0 ? real : models
}
