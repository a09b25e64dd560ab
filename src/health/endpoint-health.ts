import type { CallWatch } from './candidate.ts'

/** The percentiles of measured values, each within 5 % of the exact one. */
export interface Distribution {
  /** The number of measurements, from 1. One is enough to sort by, but not to set a time limit by. */
  readonly samples: number
  readonly p50: number
  readonly p75: number
  readonly p90: number
  readonly p95: number
  readonly p99: number
}

/** The state of an endpoint at one moment, for routing. Values that are costly are computed at most once a second. */
export interface EndpointState {
  /**
   * `down`: it failed within the outage window, and has not succeeded since. `probe-due`: it is down, and the next call may test it.
   * `probing`: a call is testing it.
   */
  readonly condition: 'stable' | 'down' | 'probe-due' | 'probing'
  /** Monotonic milliseconds until which the endpoint is rate limited; 0 or a past time where it is not. */
  readonly limitedUntil: number
  /** The class of its uptime. Below 100 requests it is `unknown` (contract §6.3). */
  readonly uptimeClass: 'unknown' | 'normal' | 'lower' | 'last'
  /** The calls of the last half hour that count for or against the endpoint. */
  readonly requests: number
  /** Milliseconds to the first token, over the last five minutes; null where nothing was measured. */
  readonly latency: Distribution | null
  /**
   * The same over the last half hour: what is usual for the endpoint, also where it is silent just now. Patience and hedges use it.
   */
  readonly usualLatency: Distribution | null
  /** Tokens a second over the last five minutes. `p90` is what nine of ten calls reach. Null where nothing was measured. */
  readonly throughput: Distribution | null
  /** The replies of the last two hours that called tools. */
  readonly toolRequests: number
  /** The share of those replies whose tool calls were all good, 0 to 1 (contract §6.9); null where there are fewer than 200. */
  readonly toolSuccess: number | null
}

/** The part of the health that routing reads. */
export interface HealthView {
  /**
   * Returns the state of an endpoint. Null for one that was never called, or so long ago that its record was removed.
   * @param now Monotonic milliseconds. A caller that reads many endpoints passes the time once.
   */
  state(endpointId: string, now?: number): EndpointState | null
  /** Tells whether this credential was refused or rate limited at the endpoint lately, so that others come first. */
  isBenched(endpointId: string, credential: string, now?: number): boolean
}

/** The part of the health from which the wait for whole replies is computed. */
export interface ReplyView {
  /**
   * Returns the milliseconds that whole replies took over the last half hour, where about as many tokens were requested. Null where there
   * was no such reply.
   * @param maxTokens Undefined where the request named no limit.
   */
  replyTime(endpointId: string, maxTokens: number | undefined): Distribution | null
}

/** The figures that the listing of endpoints shows (contract §8.A2, §6.22). Uptimes in percent; null where too few calls were made. */
export interface EndpointStatistics {
  readonly uptimeLast5m: number | null
  readonly uptimeLast30m: number | null
  readonly uptimeLast1d: number | null
  /** Milliseconds to the first token. */
  readonly latencyLast30m: Distribution | null
  /** Tokens a second. */
  readonly throughputLast30m: Distribution | null
}

/** The health of all endpoints: it observes calls, and answers questions about endpoints. */
export interface EndpointHealth extends HealthView, ReplyView, CallWatch {
  /** Returns the figures that the listing shows of an endpoint. */
  statistics(endpointId: string): EndpointStatistics
  /**
   * Reports a reply that called tools. It is `good` when the arguments of every call were JSON and fitted the schema of a tool that the
   * request declared (contract §6.9).
   */
  reportToolCalls(endpointId: string, good: boolean): void
  /** Forgets the endpoints whose ids are told. */
  forget(isForgotten: (endpointId: string) => boolean): void
}
