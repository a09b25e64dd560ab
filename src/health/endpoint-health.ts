import type { CallWatch } from './candidate.ts'

/** Percentiles of what was measured, each within 5 % of the exact one. */
export interface Distribution {
  /** How many measurements they stand on, from 1: one is enough to sort by, too few to set a time limit by. */
  readonly samples: number
  readonly p50: number
  readonly p75: number
  readonly p90: number
  readonly p95: number
  readonly p99: number
}

/** What the router knows of an endpoint at one moment. Values that cost something are computed at most once a second. */
export interface EndpointState {
  /** `down`: it failed within the outage window, and nothing it did since says otherwise. `probing`: somebody is finding out. */
  readonly condition: 'stable' | 'down' | 'probe-due' | 'probing'
  /** Monotonic milliseconds until which it asked to be left alone; past or 0 where it did not. */
  readonly limitedUntil: number
  /** Contract §6.3: below 100 requests there is no class. */
  readonly uptimeClass: 'unknown' | 'normal' | 'lower' | 'last'
  /** Calls that say something about the endpoint, in the last half hour. */
  readonly requests: number
  /** Milliseconds to the first token, over the last five minutes; null where nothing was measured. */
  readonly latency: Distribution | null
  /**
   * The same over the last half hour: what is usual for it, also where it is silent just now. Patience and hedges go by it.
   */
  readonly usualLatency: Distribution | null
  /** Tokens a second over the last five minutes, `p90` being what nine of ten calls reach; null where nothing was measured. */
  readonly throughput: Distribution | null
  /** Replies that called tools, in the last two hours. */
  readonly toolRequests: number
  /** The share of them whose calls were all good, 0 to 1 (contract §6.9); null below 200 of them. */
  readonly toolSuccess: number | null
}

/** What routing reads. */
export interface HealthView {
  /**
   * Null for an endpoint that was never called, or so long ago that it is forgotten.
   * @param now Monotonic milliseconds, for who asks about many.
   */
  state(endpointId: string, now?: number): EndpointState | null
  /** Whether the credential of this id was refused or rate limited there lately, so that others come first. */
  isBenched(endpointId: string, credential: string, now?: number): boolean
}

/** What patience with whole replies goes by. */
export interface ReplyView {
  /**
   * Milliseconds that whole replies took over the last half hour, where about as many tokens were asked for; null where none came.
   * @param maxTokens Undefined where the request named no limit.
   */
  replyTime(endpointId: string, maxTokens: number | undefined): Distribution | null
}

/** What the listing of endpoints shows (contract §8.A2, §6.22). Uptimes in percent; null where too little is known. */
export interface EndpointStatistics {
  readonly uptimeLast5m: number | null
  readonly uptimeLast30m: number | null
  readonly uptimeLast1d: number | null
  /** Milliseconds to the first token. */
  readonly latencyLast30m: Distribution | null
  /** Tokens a second. */
  readonly throughputLast30m: Distribution | null
}

export interface EndpointHealth extends HealthView, ReplyView, CallWatch {
  statistics(endpointId: string): EndpointStatistics
  /**
   * A reply called tools: `good` when the arguments of every call were JSON and fitted the schema of a tool that the request
   * declared (contract §6.9).
   */
  reportToolCalls(endpointId: string, good: boolean): void
}
