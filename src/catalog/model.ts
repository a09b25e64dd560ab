import type { Endpoint, ReasoningSupport } from './endpoint.ts'

/** A catalogue entry: one model, wherever it is served. */
export interface Model {
  /** OpenRouter's slug, e.g. `anthropic/claude-sonnet-4.5`. */
  readonly slug: string
  readonly name: string
  readonly author: string
  readonly description?: string
  readonly family?: string
  /** Unix seconds of its release; 0 when unknown. */
  readonly created: number
  readonly contextLength: number | null
  readonly inputModalities: readonly string[]
  readonly outputModalities: readonly string[]
  readonly reasoning: ReasoningSupport | null
  /** ISO date or month. */
  readonly knowledgeCutoff?: string
  readonly openWeights?: boolean
  readonly distillable: boolean
  readonly aliases: readonly string[]
  /** In configured order. */
  readonly endpoints: readonly Endpoint[]
}

/** What is offered now: an immutable snapshot, swapped whole when something changes. */
export interface Catalog {
  /** Models that have an endpoint, by slug, in listing order. */
  readonly models: ReadonlyMap<string, Model>
  /** Other names of models: renamed slugs, configured aliases, and names without author that mean one model. */
  readonly aliases: ReadonlyMap<string, string>
}
