import type { Operation } from '../canonical/operation.ts'
import type { ParameterName } from '../canonical/parameter-name.ts'
import type { PriceList } from './price-kinds.ts'
import type { Template } from './template.ts'

/** USD amounts as whole pico-USD (10⁻¹² USD) a unit. 1 USD per million tokens is 1,000,000 pico-USD a token. */
export interface Pricing extends PriceList {
  readonly prompt: number
  readonly completion: number
}

export type Tier = 'default' | 'priority' | 'flex' | 'ultrafast'

export interface DataPolicy {
  /** Whether the provider may train on what it receives. */
  readonly training: boolean
  /** `none` keeps nothing, `transient` only while serving, `days:30` that long, `unknown` counts as kept. */
  readonly retention: 'none' | 'transient' | 'unknown' | `days:${number}`
}

export interface ReasoningSupport {
  /** Whether it cannot be switched off. */
  readonly mandatory: boolean
  /** Null means all. */
  readonly supportedEfforts: readonly string[] | null
  /** Whether it takes a budget in tokens. */
  readonly supportsMaxTokens: boolean
}

/** A model at a provider, with price and limits: what the router chooses among. */
export interface Endpoint {
  /** Unique: `<model slug>@<tag>`. */
  readonly id: string
  /** The catalogue slug, e.g. `meta-llama/llama-3.3-70b-instruct`. */
  readonly model: string
  readonly provider: string
  readonly providerName: string
  /** Provider slug, or slug with a suffix, e.g. `prov-a/turbo`. */
  readonly tag: string
  readonly tier: Tier
  /** The upstream's own id for the model. */
  readonly upstreamModel: string
  readonly pricing: Pricing
  /** Prices of the same at this provider in other tiers: it may serve another than it was asked for (contract §6.16). */
  readonly tierPricing?: ReadonlyMap<string, Pricing>
  readonly contextLength: number | null
  readonly maxCompletionTokens: number | null
  readonly quantization: string | null
  readonly dataPolicy: DataPolicy
  /** Whether the model's author is known to permit training other models on its output. */
  readonly distillable: boolean
  /** `null` means all. */
  readonly supportedParameters: ReadonlySet<ParameterName> | null
  readonly operations: readonly Operation[]
  readonly inputModalities: readonly string[]
  readonly outputModalities: readonly string[]
  /** Whether the upstream continues a trailing assistant message. */
  readonly prefill: boolean
  /** False where a stream that is given up runs on, and is billed in full. Absent: it stops. */
  readonly cancels?: false
  /** Whether the provider has retired it: known by name, but not to be called. */
  readonly deprecated: boolean
  /** The model's; null for one that does not reason. */
  readonly reasoning: ReasoningSupport | null
  /** What the model demands and refuses at every host. */
  readonly template: Template
}
