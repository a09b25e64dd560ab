import type { EndpointState } from './endpoint-health.ts'

export interface OutageTimes {
  /** Milliseconds after its last failure for which an endpoint counts as down. */
  readonly outageWindowMs: number
  /** Milliseconds from a failure, or from the end of a probe that told nothing, to the next probe. */
  readonly probeIntervalMs: number
}

/** A call, as far as outages care. */
export interface TimedCall {
  /** Monotonic milliseconds. */
  readonly begunAt: number
}

/** A probe that has not ended by then may never do so, e.g. because nobody reads its reply: another one may go. */
const probeLimitMs = 60_000

/**
 * Whether one endpoint is down. A failure opens an outage or prolongs it. It ends at once when a call succeeds that began after
 * it opened, and by itself when the window has passed since the last failure, but not while a probe is out: a black hole would
 * else be stable again before the probe has run into its time limit. Times are monotonic milliseconds.
 */
export class Outage {
  readonly #times: OutageTimes
  #openedAt = 0
  #failedAt = -Infinity
  /** When a probe may go, whether or not one is out. */
  #probeAt = 0
  #probe: TimedCall | null = null

  constructor(times: OutageTimes) {
    this.#times = times
  }

  condition(now: number): EndpointState['condition'] {
    if (this.#probe === null && now >= this.#failedAt + this.#times.outageWindowMs) return 'stable'
    if (now >= this.#probeAt) return 'probe-due'
    return this.#probe === null ? 'down' : 'probing'
  }

  /** Where a probe is due, the call that begins is the probe. */
  began(call: TimedCall): void {
    if (this.condition(call.begunAt) !== 'probe-due') return
    this.#probe = call
    this.#probeAt = call.begunAt + probeLimitMs
  }

  failed(call: TimedCall, now: number): void {
    if (this.condition(now) === 'stable') this.#openedAt = now
    this.#failedAt = now
    if (this.#probe === call) this.#probe = null
    if (this.#probe === null) this.#probeAt = now + this.#times.probeIntervalMs
  }

  succeeded(call: TimedCall): void {
    if (call.begunAt <= this.#openedAt) return
    this.#failedAt = -Infinity
    this.#probe = null
  }

  /** The call ended, and says nothing about the endpoint: the next probe may go at `probeAt`. */
  #released(call: TimedCall, probeAt: number): void {
    if (this.#probe !== call) return
    this.#probe = null
    this.#probeAt = probeAt
  }

  /** It was answered, by a refusal that is not the endpoint's fault. */
  refused(call: TimedCall, now: number): void {
    this.#released(call, now + this.#times.probeIntervalMs)
  }

  /** Its reader left, so the next probe may go at once. */
  abandoned(call: TimedCall, now: number): void {
    this.#released(call, now)
  }
}
