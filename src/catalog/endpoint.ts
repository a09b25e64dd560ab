import type { NativeToolSupport } from '../canonical/native-tool.ts'
import type { Operation } from '../canonical/operation.ts'
import type { ParameterName } from '../canonical/parameter-name.ts'
import type { PriceList } from './price-kinds.ts'
import type { Template } from './template.ts'

/** USD amounts as whole pico-USD (10⁻¹² USD) per unit. 1 USD per million tokens is 1,000,000 pico-USD per token. */
export interface Pricing extends PriceList {
  readonly prompt: number
  readonly completion: number
}

export type Tier = 'default' | 'priority' | 'flex' | 'ultrafast'

export interface DataPolicy {
  /** Whether the provider may train on the data that it receives. */
  readonly training: boolean
  /** `none`: nothing is kept. `transient`: only while the request is served. `days:30`: for 30 days. `unknown` is treated as kept. */
  readonly retention: 'none' | 'transient' | 'unknown' | `days:${number}`
}

export interface ReasoningSupport {
  /** Whether reasoning cannot be turned off. */
  readonly mandatory: boolean
  /** Null means all values. */
  readonly supportedEfforts: readonly string[] | null
  /** Whether the model accepts a budget in tokens. */
  readonly supportsMaxTokens: boolean
}

/** A model at a provider, with its price and limits. The router chooses among endpoints. */
export interface Endpoint {
  /** Unique: `<model slug>@<tag>`, and for a copy `<model slug>@<tag>#<id of the key>`. */
  readonly id: string
  /**
   * The id of the key of an account's own with which this copy of the endpoint is called (contract §6.17): the provider charges the account.
   * Absent: it is called with the gateway's own credentials.
   */
  readonly byok?: string
  /** The slug in the catalogue, e.g. `meta-llama/llama-3.3-70b-instruct`. */
  readonly model: string
  readonly provider: string
  readonly providerName: string
  /** The provider's slug, with or without a suffix, e.g. `prov-a/turbo`. */
  readonly tag: string
  readonly tier: Tier
  /** The upstream's own id of the model. */
  readonly upstreamModel: string
  readonly pricing: Pricing
  /**
   * The prices of the same model at this provider in other tiers, because the provider may serve another tier than the requested one
   * (contract §6.16).
   */
  readonly tierPricing?: ReadonlyMap<string, Pricing>
  readonly contextLength: number | null
  readonly maxCompletionTokens: number | null
  readonly quantization: string | null
  readonly dataPolicy: DataPolicy
  /** Whether the model's author permits the training of other models on its output. False where that is not known. */
  readonly distillable: boolean
  /** `null` means all. */
  readonly supportedParameters: ReadonlySet<ParameterName> | null
  readonly operations: readonly Operation[]
  /** The most inputs of one call for embeddings: a larger batch is split. Absent: as many as a request may have. */
  readonly maxInputs?: number
  /** The most images of one call: more are several calls. Absent: as many as a request may ask for. */
  readonly mostImages?: number
  /** The operations whose replies come in one piece, also where the client wants a stream. Absent: none. */
  readonly wholeReplies?: readonly Operation[]
  readonly inputModalities: readonly string[]
  readonly outputModalities: readonly string[]
  /** The tools that the upstream has built in for this model and runs itself. */
  readonly nativeTools: readonly NativeToolSupport[]
  /** Whether the upstream continues a trailing assistant message. */
  readonly prefill: boolean
  /** False where the upstream goes on generating after the client has cancelled the stream, and bills all of it. Absent: it stops. */
  readonly cancels?: false
  /** Whether the provider has retired it. The endpoint stays known by name, but is not called. */
  readonly deprecated: boolean
  /** How the model reasons; null for a model that does not reason. */
  readonly reasoning: ReasoningSupport | null
  /** What the model demands and refuses at every host. */
  readonly template: Template
}
