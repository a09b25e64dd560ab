import type { Endpoint, ReasoningSupport } from './endpoint.ts'

/** An entry of the catalogue: one model, whichever providers serve it. */
export interface Model {
  /** OpenRouter's slug, e.g. `anthropic/claude-sonnet-4.5`. */
  readonly slug: string
  readonly name: string
  readonly author: string
  readonly description?: string
  readonly family?: string
  /** The time of its release in Unix seconds; 0 when unknown. */
  readonly created: number
  readonly contextLength: number | null
  readonly inputModalities: readonly string[]
  readonly outputModalities: readonly string[]
  readonly reasoning: ReasoningSupport | null
  /** An ISO date or month. */
  readonly knowledgeCutoff?: string
  readonly openWeights?: boolean
  readonly distillable: boolean
  readonly aliases: readonly string[]
  /** In configured order. */
  readonly endpoints: readonly Endpoint[]
}

/** The models that are offered now. It is an immutable snapshot, replaced as a whole when something changes. */
export interface Catalog {
  /** The models that have an endpoint, by slug, in the order of the listing. */
  readonly models: ReadonlyMap<string, Model>
  /** Other names of models: renamed slugs, configured aliases, and names without author that only one model has. */
  readonly aliases: ReadonlyMap<string, string>
}
