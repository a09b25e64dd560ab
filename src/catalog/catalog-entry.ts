import type { NativeToolName } from '../canonical/native-tool.ts'
import type { Operation } from '../canonical/operation.ts'
import type { Tier } from './endpoint.ts'
import type { PriceList } from './price-kinds.ts'

/** A model as it is written in `data/models.json` or in an operator's configuration. An absent field means that the value is not known. */
export interface CatalogEntry {
  /** `author/model`, as OpenRouter spells it. */
  readonly slug: string
  /** Default: the slug. */
  readonly name?: string
  readonly family?: string
  /** The ISO date of its release. */
  readonly created?: string
  readonly contextLength?: number
  /** Default: text. */
  readonly inputModalities?: readonly string[]
  /** Default: text. */
  readonly outputModalities?: readonly string[]
  /**
   * `mandatory`: reasoning cannot be turned off. `efforts`: the values that the model accepts; absent means all. `maxTokens`: the model
   * accepts a budget.
   */
  readonly reasoning?:
    | false
    | { readonly mandatory?: boolean; readonly efforts?: readonly string[]; readonly maxTokens?: boolean }
  /** An ISO date or month. */
  readonly knowledgeCutoff?: string
  readonly openWeights?: boolean
  readonly distillable?: boolean
  readonly aliases?: readonly string[]
  readonly endpoints: readonly CatalogEntryEndpoint[]
  /** The source of the facts and the day when they were read, e.g. `models.dev 2026-07-02`. */
  readonly source?: string
}

export interface CatalogEntryEndpoint {
  readonly provider: string
  /** The upstream's own id of the model. */
  readonly model: string
  /** Default: the provider's slug, with the tier as a suffix when it is not `default`. */
  readonly tag?: string
  readonly tier?: Tier
  readonly pricing: PriceList
  readonly quantization?: string
  /** Set where it differs from the model's. */
  readonly contextLength?: number
  readonly maxCompletionTokens?: number
  /** Set where they differ from the model's: not every host of a model with vision accepts images. */
  readonly inputModalities?: readonly string[]
  /** Default: false. */
  readonly prefill?: boolean
  /** Default: false. The provider has retired the endpoint, and it is listed only so that its name stays known. */
  readonly deprecated?: boolean
  /** Default: what the provider offers of what the model's outputs allow. Empty for a model that is not served here at all. */
  readonly operations?: readonly Operation[]
  /** The most inputs of one call for embeddings. Default: the provider's. */
  readonly maxInputs?: number
  /** Default: what the provider supports. */
  readonly supportedParameters?: readonly string[]
  /** The parameters that the provider supports but not for this model. */
  readonly unsupportedParameters?: readonly string[]
  /** Default: those that the provider has for this model. */
  readonly nativeTools?: readonly NativeToolName[]
  readonly source?: string
}

/** An operator's entry. It replaces the catalogue's entry for the same slug, or, with `extends`, adds to it. */
export interface CatalogEntryOverride extends CatalogEntry {
  readonly extends: boolean
}
