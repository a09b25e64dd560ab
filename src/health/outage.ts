import type { EndpointState } from './endpoint-health.ts'

/** The configured times of outages. */
export interface OutageTimes {
  /** Milliseconds after its last failure for which an endpoint counts as down. */
  readonly outageWindowMs: number
  /** Milliseconds from a failure, or from the end of a probe without a result, to the next probe. */
  readonly probeIntervalMs: number
}

/** The part of a call that outages need. */
export interface TimedCall {
  /** Monotonic milliseconds. */
  readonly begunAt: number
  /** The node whose probe it is, for a probe of another node. */
  readonly node?: string
}

/** The time after which another probe may be sent: a probe may never end, for example because its client reads no further. */
const probeLimitMs = 60_000

/**
 * The outage of one endpoint. A failure opens an outage or prolongs it. It ends at once when a call succeeds that began after it opened.
 * Otherwise it ends when the window has passed since the last failure, but not while a probe is running: an endpoint that never answers
 * would otherwise count as stable before the probe reaches its time limit. Times are monotonic milliseconds.
 */
export class Outage {
  readonly #times: OutageTimes
  #openedAt = 0
  #failedAt = -Infinity
  /** When the next probe may begin, whether or not one is running. */
  #probeAt = 0
  #probe: TimedCall | null = null

  constructor(times: OutageTimes) {
    this.#times = times
  }

  /** Tells the condition of the endpoint. */
  condition(now: number): EndpointState['condition'] {
    if (this.#probe === null && now >= this.#failedAt + this.#times.outageWindowMs) return 'stable'
    if (now >= this.#probeAt) return 'probe-due'
    return this.#probe === null ? 'down' : 'probing'
  }

  /** Makes the call that begins the probe, where one is due, and tells whether it is. */
  began(call: TimedCall): boolean {
    if (this.condition(call.begunAt) !== 'probe-due') return false
    this.#probe = call
    this.#probeAt = call.begunAt + probeLimitMs
    return true
  }

  /** Notes that another node probes. It does not matter where a probe runs already that is within its time. */
  probedElsewhere(call: TimedCall, now: number): void {
    const condition = this.condition(now)
    if (condition === 'stable' || condition === 'probing') return
    this.#probe = call
    this.#probeAt = call.begunAt + probeLimitMs
  }

  /** Opens an outage, or prolongs it. What another node tells may be older than what is known. */
  failed(call: TimedCall, now: number): void {
    if (this.condition(now) === 'stable') this.#openedAt = now
    this.#failedAt = Math.max(now, this.#failedAt)
    if (this.#isProbe(call)) this.#probe = null
    if (this.#probe === null) this.#probeAt = this.#failedAt + this.#times.probeIntervalMs
  }

  /** Ends the outage, unless the call began before it. */
  succeeded(call: TimedCall): void {
    if (call.begunAt <= this.#openedAt) return
    this.#failedAt = -Infinity
    this.#probe = null
  }

  /** Notes that a call ended without showing whether the endpoint works: the next probe may begin at `probeAt`. */
  #released(call: TimedCall, probeAt: number): void {
    if (!this.#isProbe(call)) return
    this.#probe = null
    this.#probeAt = probeAt
  }

  /** A node has one probe at an endpoint, whose begin and end are told apart. */
  #isProbe(call: TimedCall): boolean {
    return this.#probe === call || (call.node !== undefined && call.node === this.#probe?.node)
  }

  /** Notes that a call was refused, which is not the fault of the endpoint. */
  refused(call: TimedCall, now: number): void {
    this.#released(call, now + this.#times.probeIntervalMs)
  }

  /** Notes that the reader of a call left, so that the next probe may begin at once. */
  abandoned(call: TimedCall, now: number): void {
    this.#released(call, now)
  }
}
