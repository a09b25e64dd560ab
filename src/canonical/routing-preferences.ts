export type SortKey = 'price' | 'throughput' | 'latency' | 'exacto'

/** A threshold per percentile; an absent percentile sets none. */
export interface Percentiles {
  readonly p50?: number
  readonly p75?: number
  readonly p90?: number
  readonly p99?: number
}

/** The client's `provider` object, decoded (contract §1.2). Everything absent means no preference; no list is empty. */
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
}
