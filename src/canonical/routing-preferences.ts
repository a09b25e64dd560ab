export type SortKey = 'price' | 'throughput' | 'latency' | 'exacto'

/** A threshold per percentile; an absent percentile sets none. */
export interface Percentiles {
  readonly p50?: number
  readonly p75?: number
  readonly p90?: number
  readonly p99?: number
}

export type CostTier = 'low' | 'medium' | 'high' | 'xhigh' | 'max'

/** Settings of `openrouter/auto` and `openrouter/auto-beta` (contract §1.3). In patterns `*` stands for anything. */
export interface AutoRouterPreferences {
  readonly allowedModels?: readonly string[]
  /** Beats what is allowed. */
  readonly excludedModels?: readonly string[]
  /** Overrules `costQualityTradeoff`. */
  readonly costTier?: CostTier
  /** From 0, where quality counts alone, to 10, where cost does. */
  readonly costQualityTradeoff?: number
  /** Whether the model that gave the last answer goes on. */
  readonly pinModel?: boolean
}

/** Settings of `openrouter/pareto-code` (contract §1.3). */
export interface ParetoRouterPreferences {
  /** 0 to 1. */
  readonly minCodingScore?: number
  /** USD per million tokens. */
  readonly maxPrice?: number
  /** What `maxPrice` caps: the prompt's price, or prompt and completion in the usual mix. */
  readonly priceSource?: 'prompt' | 'weighted_avg'
}

/**
 * The client's `provider` object, decoded (contract §1.2), and what its plugins tell the router models, each of which reads its
 * own. Everything absent means no preference; no list is empty.
 */
export interface RoutingPreferences {
  readonly order?: readonly string[]
  readonly only?: readonly string[]
  readonly ignore?: readonly string[]
  readonly allowFallbacks?: boolean
  readonly requireParameters?: boolean
  readonly dataCollection?: 'allow' | 'deny'
  readonly zdr?: boolean
  readonly enforceDistillableText?: boolean
  readonly quantizations?: readonly string[]
  /** Never beside `order`, which overrides it. `partition: 'none'` sorts the endpoints of all models together. */
  readonly sort?: { readonly by?: SortKey; readonly partition?: 'model' | 'none' }
  /** Caps in USD: per million tokens for prompt and completion, per unit for the rest. */
  readonly maxPrice?: Readonly<Partial<Record<'prompt' | 'completion' | 'request' | 'image' | 'audio', number>>>
  /** Tokens per second. */
  readonly preferredMinThroughput?: Percentiles
  /** Seconds. */
  readonly preferredMaxLatency?: Percentiles
  /** Fields for a provider in its own words, by its slug in lower case. */
  readonly providerOptions?: ReadonlyMap<string, Readonly<Record<string, unknown>>>
  readonly autoRouter?: AutoRouterPreferences
  readonly autoBetaRouter?: AutoRouterPreferences
  readonly paretoRouter?: ParetoRouterPreferences
}
