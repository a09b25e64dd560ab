import type { Usage } from '../canonical/usage.ts'
import type { EndpointState, EndpointStatistics } from './endpoint-health.ts'
import { CredentialBench } from './credential-bench.ts'
import { Outage, type OutageTimes, type TimedCall } from './outage.ts'
import { rateLimitMs } from './rate-limit-ms.ts'
import { ReplyTimes } from './reply-times.ts'
import { SampleWindow } from './sample-window.ts'
import { type Tally, TallyWindow } from './tally-window.ts'

const second = 1000
const minute = 60 * second
const hour = 60 * minute

/** The minutes over which routing measures speed. The listing, and the class of uptime, use thirty (contract §6.22, §6.3). */
const routingMinutes = 5
const listingMinutes = 30

/** The fewest calls of which a share is reported: one failed call of two is not an uptime of 50 %. */
const fewest = { shownUptime: 10, classedUptime: 100, tools: 200 }
/** The shortest answer whose throughput is measured: in a shorter one most of the time is the latency of the first token. */
const fewestTokens = 10

/** The least uptimes of the classes `normal` and `lower`. */
const classes = { normal: 0.95, lower: 0.8 }

type Figures = Omit<EndpointState, 'condition' | 'limitedUntil'>

/**
 * All measurements of one endpoint: 4 kB after one call, up to 40 kB when it is called every minute, and 20 kB more for each class of
 * whole replies. Times are monotonic milliseconds.
 */
export class EndpointRecord {
  readonly bench = new CredentialBench()
  readonly replyTimes = new ReplyTimes()
  readonly #outage: Outage
  readonly #latency = new SampleWindow()
  readonly #throughput = new SampleWindow()
  readonly #calls = new TallyWindow(minute, listingMinutes)
  readonly #callsOfDay = new TallyWindow(hour / 2, 48)
  readonly #tools = new TallyWindow(5 * minute, 24)
  #answeredAt = -Infinity
  #limitedAt = 0
  #limitedUntil = 0
  #figures: Figures | null = null
  #figuresUntil = 0
  #state: EndpointState | null = null

  constructor(times: OutageTimes) {
    this.#outage = new Outage(times)
  }

  /** Returns the state for routing. The figures in it are computed at most once a second. */
  state(now: number): EndpointState {
    const condition = this.#outage.condition(now)
    const limitedUntil = this.#limitedUntil
    const figures = now < this.#figuresUntil ? this.#figures : null
    if (figures !== null && this.#state?.condition === condition && this.#state.limitedUntil === limitedUntil) {
      return this.#state
    }
    this.#state = { condition, limitedUntil, ...(figures ?? this.#refresh(now)) }
    return this.#state
  }

  /** Computes the figures for the listing of endpoints. */
  statistics(now: number): EndpointStatistics {
    return {
      uptimeLast5m: percent(this.#calls.total(now, 5)),
      uptimeLast30m: percent(this.#calls.total(now)),
      uptimeLast1d: percent(this.#callsOfDay.total(now)),
      latencyLast30m: this.#latency.distribution(now, listingMinutes),
      throughputLast30m: this.#throughput.distribution(now, listingMinutes),
    }
  }

  /** Notes that a call began. */
  began(call: TimedCall): void {
    this.#outage.began(call)
  }

  /** Tells whether any call was answered after this time: an endpoint that is silent in one call may answer others. */
  answeredSince(time: number): boolean {
    return this.#answeredAt > time
  }

  /** Notes that the first content of a call arrived. */
  answered(call: TimedCall, now: number): void {
    this.#answeredAt = now
    this.#latency.add(now - call.begunAt, now)
  }

  /** Notes that a call ended well. */
  succeeded(call: TimedCall, { completionTokens = 0 }: Usage, now: number): void {
    this.#answeredAt = now
    this.#count(true, now)
    this.#outage.succeeded(call)
    if (call.begunAt > this.#limitedAt) this.#limitedUntil = 0
    const seconds = (now - call.begunAt) / second
    if (completionTokens >= fewestTokens && seconds > 0) this.#throughput.add(completionTokens / seconds, now)
  }

  /** Notes that a call failed through the fault of the endpoint. */
  failed(call: TimedCall, now: number): void {
    this.#count(false, now)
    this.#outage.failed(call, now)
  }

  /** Notes a refused credential. It counts against the uptime (contract §6.3), but only the credential is benched for it. */
  credentialRefused(call: TimedCall, now: number): void {
    this.#count(false, now)
    this.#outage.refused(call, now)
  }

  /** Notes that the endpoint is rate limited. */
  rateLimited(call: TimedCall, now: number, afterMs: number | undefined): void {
    this.#limitedAt = now
    this.#limitedUntil = now + rateLimitMs(afterMs)
    this.#outage.refused(call, now)
  }

  /** Notes that a request was refused, which counts neither for nor against the endpoint. */
  requestRefused(call: TimedCall, now: number): void {
    this.#outage.refused(call, now)
  }

  /** Notes that the reader left, which counts neither for nor against the endpoint. */
  abandoned(call: TimedCall, now: number): void {
    this.#outage.abandoned(call, now)
  }

  /** Notes whether the tool calls of a reply were good. */
  calledTools(good: boolean, now: number): void {
    this.#tools.add(good, now)
  }

  #count(good: boolean, now: number): void {
    this.#calls.add(good, now)
    this.#callsOfDay.add(good, now)
  }

  #refresh(now: number): Figures {
    const calls = this.#calls.total(now)
    const tools = this.#tools.total(now)
    this.#figuresUntil = now + second
    this.#figures = {
      uptimeClass: uptimeClass(calls),
      requests: calls.good + calls.bad,
      latency: this.#latency.distribution(now, routingMinutes),
      usualLatency: this.#latency.distribution(now, listingMinutes),
      throughput: this.#throughput.distribution(now, routingMinutes, 'higher'),
      toolRequests: tools.good + tools.bad,
      toolSuccess: share(tools, fewest.tools),
    }
    return this.#figures
  }
}

const share = ({ good, bad }: Tally, least: number): number | null => (good + bad < least ? null : good / (good + bad))

function percent(tally: Tally): number | null {
  const uptime = share(tally, fewest.shownUptime)
  return uptime === null ? null : Math.round(uptime * 100_000) / 1000
}

function uptimeClass(tally: Tally): EndpointState['uptimeClass'] {
  const uptime = share(tally, fewest.classedUptime)
  if (uptime === null) return 'unknown'
  if (uptime >= classes.normal) return 'normal'
  return uptime >= classes.lower ? 'lower' : 'last'
}
