import type { UpstreamFailure } from '../../src/protocols/protocol.ts'
import { classifyFailure } from '../../src/protocols/vendors/classify-failure.ts'
import type { Host, Trouble } from './hosts.ts'

/** The reaction of a host to one call. */
export type Reaction =
  | { readonly type: 'refuses'; readonly afterMs: number; readonly failure: UpstreamFailure }
  | { readonly type: 'answers'; readonly afterMs: number; readonly tokens: number; readonly goodTools: boolean }

/** A refusal needs no work of a model, so it is fast. */
const refusalMs = 40
const tokens = { least: 50, spread: 300 }
/** Even good hosts get some tool calls wrong. */
const usualInvalidCallShare = 0.01
/** The deviation of the logarithm of the time to the first token: the 95th percentile is 1.8 times the median. */
const spread = 0.35

/** One host during the hour. Times are milliseconds since its beginning. */
export class HostBehaviour {
  readonly #host: Host
  readonly #chance: () => number
  #quota = { minute: -1, left: 0 }

  /** @param chance Uniform in [0, 1). */
  constructor(host: Host, chance: () => number) {
    this.#host = host
    this.#chance = chance
  }

  react(at: number): Reaction {
    const { firstToken, troubles } = this.#host
    // Every call draws the same number of random values, so that one call does not change those of another.
    const [luck, delay, length, skill] = [this.#chance(), this.#normal(), this.#chance(), this.#chance()]
    let afterMs = firstToken * Math.exp(spread * delay)
    let invalidCallShare = usualInvalidCallShare
    for (const trouble of troubles) {
      const refusal = this.#refusal(trouble, at, luck)
      if (refusal !== null) return refusal
      if (trouble.kind === 'silent' && isWithin(trouble, at)) afterMs = Infinity
      if (trouble.kind === 'slow' && isWithin(trouble, at)) afterMs *= trouble.times
      if (trouble.kind === 'straggling' && luck < trouble.share) afterMs += trouble.seconds * 1000
      if (trouble.kind === 'invalid-tool-calls') invalidCallShare = trouble.share
    }
    const answer = Math.round(tokens.least + length * tokens.spread)
    return { type: 'answers', afterMs, tokens: answer, goodTools: skill >= invalidCallShare }
  }

  #refusal(trouble: Trouble, at: number, luck: number): Reaction | null {
    if (trouble.kind === 'limited') {
      const waitMs = this.#overQuota(trouble.perMinute, at)
      return waitMs === null ? null : this.#refuses(429, trouble.sendsRetryAfter ? Math.ceil(waitMs / 1000) : null)
    }
    const refuses =
      (trouble.kind === 'down' && isWithin(trouble, at)) ||
      (trouble.kind === 'flapping' && isWithin(trouble, at) && (at / 1000) % trouble.every < trouble.seconds) ||
      (trouble.kind === 'stray' && luck < trouble.share)
    return refuses ? this.#refuses(trouble.status, null) : null
  }

  /** Returns the milliseconds until calls are accepted again; null where this call is accepted. */
  #overQuota(perMinute: number, at: number): number | null {
    const minute = Math.floor(at / 60_000)
    if (this.#quota.minute !== minute) this.#quota = { minute, left: perMinute }
    if (this.#quota.left === 0) return (minute + 1) * 60_000 - at
    this.#quota.left--
    return null
  }

  #refuses(status: number, retryAfter: number | null): Reaction {
    const headers = retryAfter === null ? {} : { 'retry-after': String(retryAfter) }
    const failure = classifyFailure({ status, headers, body: null, receivedAt: 0 }, this.#host.slug)
    return { type: 'refuses', afterMs: refusalMs, failure }
  }

  /** Returns a normally distributed value, by the method of Box and Muller. */
  #normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.#chance())) * Math.cos(2 * Math.PI * this.#chance())
  }
}

const isWithin = ({ from, to }: { readonly from: number; readonly to: number }, at: number): boolean =>
  at >= from * 60_000 && at < to * 60_000
