import type { CallWatch } from './candidate.ts'

/** Percentiles of what was measured; null where too little was. */
export interface Distribution {
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
  /** Monotonic milliseconds until which it asked to be left alone; 0 where it did not. */
  readonly limitedUntil: number
  /** Contract §6.3: below 100 requests there is no class. */
  readonly uptimeClass: 'unknown' | 'normal' | 'lower' | 'last'
  /** Milliseconds to the first token, over the last five minutes. */
  readonly latency: Distribution | null
  /** Tokens a second, over the last five minutes. */
  readonly throughput: Distribution | null
  /** Contract §6.9; null below the number of requests that it asks for. */
  readonly toolSuccess: number | null
}

/** What routing reads. */
export interface HealthView {
  /** Null for an endpoint that was never called, or not for long. */
  state(endpointId: string): EndpointState | null
  /** Whether this credential was refused or rate limited lately, so that others come first. */
  isBenched(provider: string, credential: number): boolean
}

export type EndpointHealth = HealthView & CallWatch
