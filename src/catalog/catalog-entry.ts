import type { Operation } from '../canonical/operation.ts'
import type { Tier } from './endpoint.ts'
import type { PriceList } from './price-kinds.ts'

/** A model as it is written down: in `data/models.json`, or in a user's configuration. What is absent is not known. */
export interface CatalogEntry {
  /** `author/model`, as OpenRouter spells it. */
  readonly slug: string
  /** Default: the slug. */
  readonly name?: string
  readonly family?: string
  /** ISO date of its release. */
  readonly created?: string
  readonly contextLength?: number
  /** Default: text. */
  readonly inputModalities?: readonly string[]
  /** Default: text. */
  readonly outputModalities?: readonly string[]
  /** `mandatory` cannot be turned off; `efforts` are the values it takes, absent when all; `maxTokens` says that it takes a budget. */
  readonly reasoning?:
    | false
    | { readonly mandatory?: boolean; readonly efforts?: readonly string[]; readonly maxTokens?: boolean }
  /** ISO date or month. */
  readonly knowledgeCutoff?: string
  readonly openWeights?: boolean
  readonly distillable?: boolean
  readonly aliases?: readonly string[]
  readonly endpoints: readonly CatalogEntryEndpoint[]
  /** Where the facts come from and of which day, e.g. `models.dev 2026-07-02`. */
  readonly source?: string
}

export interface CatalogEntryEndpoint {
  readonly provider: string
  /** The upstream's own id for the model. */
  readonly model: string
  /** Default: the provider's slug, with the tier as suffix when it is not `default`. */
  readonly tag?: string
  readonly tier?: Tier
  readonly pricing: PriceList
  readonly quantization?: string
  /** Where it differs from the model's. */
  readonly contextLength?: number
  readonly maxCompletionTokens?: number
  /** Where they differ from the model's: not every host of a model that sees takes images. */
  readonly inputModalities?: readonly string[]
  /** Default: false. */
  readonly prefill?: boolean
  /** Default: false. Retired, and kept for its name. */
  readonly deprecated?: boolean
  /** Default: what the provider offers. Empty for what is neither chat nor completion, such as embeddings. */
  readonly operations?: readonly Operation[]
  /** Default: what the provider supports. */
  readonly supportedParameters?: readonly string[]
  /** Those of the provider's that this model does not take. */
  readonly unsupportedParameters?: readonly string[]
  readonly source?: string
}

/** A user's entry: it replaces the catalogue's of that slug, or with `extends` adds to it. */
export interface CatalogEntryOverride extends CatalogEntry {
  readonly extends: boolean
}
