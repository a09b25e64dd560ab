export type SortKey = 'price' | 'throughput' | 'latency' | 'exacto'

/** A threshold for each percentile; an absent percentile has none. */
export interface Percentiles {
  readonly p50?: number
  readonly p75?: number
  readonly p90?: number
  readonly p99?: number
}

export type CostTier = 'low' | 'medium' | 'high' | 'xhigh' | 'max'

/** Settings of `openrouter/auto` and `openrouter/auto-beta` (contract §1.3). In patterns `*` matches any text. */
export interface AutoRouterPreferences {
  readonly allowedModels?: readonly string[]
  /** Takes precedence over `allowedModels`. */
  readonly excludedModels?: readonly string[]
  /** Takes precedence over `costQualityTradeoff`. */
  readonly costTier?: CostTier
  /** From 0, where only quality counts, to 10, where only cost counts. */
  readonly costQualityTradeoff?: number
  /** Whether the model that gave the last answer is used again. */
  readonly pinModel?: boolean
}

/** Settings of `openrouter/pareto-code` (contract §1.3). */
export interface ParetoRouterPreferences {
  /** 0 to 1. */
  readonly minCodingScore?: number
  /** USD per million tokens. */
  readonly maxPrice?: number
  /** The price that `maxPrice` limits: that of the prompt, or that of prompt and completion in the usual mix. */
  readonly priceSource?: 'prompt' | 'weighted_avg'
}

/**
 * The decoded `provider` object of the client (contract §1.2), and the settings of router models from its `plugins`. An absent field means
 * no preference; no list is empty.
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
  /** Fields in a provider's own format, by the slug of the provider in lower case. */
  readonly providerOptions?: ReadonlyMap<string, Readonly<Record<string, unknown>>>
  readonly autoRouter?: AutoRouterPreferences
  readonly autoBetaRouter?: AutoRouterPreferences
  readonly paretoRouter?: ParetoRouterPreferences
}
