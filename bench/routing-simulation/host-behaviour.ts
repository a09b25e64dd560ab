import type { UpstreamFailure } from '../../src/protocols/protocol.ts'
import { classifyFailure } from '../../src/protocols/vendors/classify-failure.ts'
import type { Host, Trouble } from './hosts.ts'

/** What a host does with one call. */
export type Reaction =
  | { readonly type: 'refuses'; readonly afterMs: number; readonly failure: UpstreamFailure }
  | { readonly type: 'answers'; readonly afterMs: number; readonly tokens: number; readonly goodTools: boolean }

/** A refusal needs no model. */
const refusalMs = 40
const tokens = { least: 50, spread: 300 }
/** Even good hosts get some tool calls wrong. */
const usualClumsiness = 0.01
/** Of the logarithm of the time to the first token: the 95th percentile is 1.8 times the median. */
const spread = 0.35

/** One host through the hour. Times are milliseconds since its begin. */
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
    // As many draws for every call, so that one call's luck is not another's.
    const [luck, delay, length, skill] = [this.#chance(), this.#normal(), this.#chance(), this.#chance()]
    let afterMs = firstToken * Math.exp(spread * delay)
    let clumsiness = usualClumsiness
    for (const trouble of troubles) {
      const refusal = this.#refusal(trouble, at, luck)
      if (refusal !== null) return refusal
      if (trouble.kind === 'silent' && isWithin(trouble, at)) afterMs = Infinity
      if (trouble.kind === 'slow' && isWithin(trouble, at)) afterMs *= trouble.times
      if (trouble.kind === 'straggling' && luck < trouble.share) afterMs += trouble.seconds * 1000
      if (trouble.kind === 'clumsy') clumsiness = trouble.share
    }
    const answer = Math.round(tokens.least + length * tokens.spread)
    return { type: 'answers', afterMs, tokens: answer, goodTools: skill >= clumsiness }
  }

  #refusal(trouble: Trouble, at: number, luck: number): Reaction | null {
    if (trouble.kind === 'limited') {
      const waitMs = this.#overQuota(trouble.perMinute, at)
      return waitMs === null ? null : this.#refuses(429, trouble.tells ? Math.ceil(waitMs / 1000) : null)
    }
    const refuses =
      (trouble.kind === 'down' && isWithin(trouble, at)) ||
      (trouble.kind === 'flapping' && isWithin(trouble, at) && (at / 1000) % trouble.every < trouble.seconds) ||
      (trouble.kind === 'stray' && luck < trouble.share)
    return refuses ? this.#refuses(trouble.status, null) : null
  }

  /** Milliseconds until calls are taken again; null where this one is. */
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

  /** Box and Muller's. */
  #normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.#chance())) * Math.cos(2 * Math.PI * this.#chance())
  }
}

const isWithin = ({ from, to }: { readonly from: number; readonly to: number }, at: number): boolean =>
  at >= from * 60_000 && at < to * 60_000
