import type { CallOutcome } from './call-outcome.ts'
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
  /** When the latest call began that ended well. A failure of a call that ended before that counts no more, also where its fact arrives later. */
  #workedAt = -Infinity
  #limitedAt = -Infinity
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

  /** Notes that a call began, and tells whether it is the probe of an endpoint that is down. */
  began(call: TimedCall): boolean {
    return this.#outage.began(call)
  }

  /** Notes that a call of another node probes the endpoint. */
  probedElsewhere(call: TimedCall, now: number): void {
    this.#outage.probedElsewhere(call, now)
  }

  /** Tells whether any call was answered after this time: an endpoint that is silent in one call may answer others. */
  answeredSince(time: number): boolean {
    return this.#answeredAt > time
  }

  /** Notes that the first content of a call arrived. */
  answered(call: TimedCall, now: number): void {
    this.#answeredAt = Math.max(now, this.#answeredAt)
    this.#latency.add(now - call.begunAt, now)
  }

  /**
   * Notes what a call showed that ended `now`, which is a time of the past for a call of another node.
   * @returns Whether its credential was refused, and is not benched for that already.
   */
  ended(call: TimedCall, outcome: CallOutcome, credential: string, now: number): boolean {
    this.#judge(call, outcome, now)
    switch (outcome.credential) {
      case 'accepted':
        this.bench.accepted(credential, call.begunAt)
        return false
      case 'refused':
        return this.bench.refused(credential, now)
      case 'limited':
        this.bench.limited(credential, now, outcome.afterMs)
        return false
      case undefined:
        return false
    }
  }

  #judge(call: TimedCall, outcome: CallOutcome, now: number): void {
    switch (outcome.endpoint) {
      case 'works':
        return this.#worked(call, outcome, now)
      case 'fails':
        this.#count(false, now)
        if (now >= this.#workedAt) this.#outage.failed(call, now)
        return
      case 'refuses-credential':
        // It counts against the uptime (contract §6.3), but only the credential is benched for it.
        this.#count(false, now)
        return this.#outage.refused(call, now)
      case 'limits':
        if (now >= this.#workedAt && now >= this.#limitedAt) {
          this.#limitedAt = now
          this.#limitedUntil = now + rateLimitMs(outcome.afterMs)
        }
        return this.#outage.refused(call, now)
      case 'refused':
        return this.#outage.refused(call, now)
      case 'left':
        return this.#outage.abandoned(call, now)
    }
  }

  #worked(call: TimedCall, { completionTokens = 0, replyOf }: CallOutcome, now: number): void {
    const tookMs = now - call.begunAt
    this.#answeredAt = Math.max(now, this.#answeredAt)
    this.#workedAt = Math.max(call.begunAt, this.#workedAt)
    this.#count(true, now)
    this.#outage.succeeded(call)
    if (call.begunAt > this.#limitedAt) this.#limitedUntil = 0
    if (completionTokens >= fewestTokens && tookMs > 0) this.#throughput.add((completionTokens / tookMs) * second, now)
    if (replyOf !== undefined) this.replyTimes.add(replyOf ?? undefined, tookMs, now)
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
