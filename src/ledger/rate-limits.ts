import type { GatewayError } from '../canonical/errors.ts'
import type { Happenings } from '../canonical/happening.ts'
import type { Principal } from '../canonical/principal.ts'
import type { Facts } from '../storage/stores/shared-state.ts'
import type { Clock } from '../util/clock.ts'
import { oneMinute, rateLimited, RateWindows } from './rate-windows.ts'

/** The limits of keys that have none of their own; null where there is none. They are read for each request, because they may change. */
export interface RateLimitSettings {
  readonly requestsPerMinute: number | null
  readonly tokensPerMinute: number | null
}

type Limited = Pick<Principal, 'keyHash' | 'requestsPerMinute' | 'tokensPerMinute'>

/** How many requests and tokens each key may use in a minute. Kept in memory, and told to other nodes. */
export class RateLimits {
  readonly #settings: RateLimitSettings
  readonly #clock: Clock
  readonly #requests: RateWindows
  readonly #tokens: RateWindows

  constructor(settings: RateLimitSettings, happenings: Happenings, clock: Clock, facts: Facts) {
    this.#settings = settings
    this.#clock = clock
    this.#requests = new RateWindows(oneMinute, { name: 'requests', clock, facts })
    this.#tokens = new RateWindows(oneMinute, { name: 'tokens', clock, facts })
    happenings.subscribe((happening) => {
      if (happening.type !== 'settled') return
      const { keyHash, promptTokens, completionTokens } = happening.record
      this.#tokens.add(keyHash, (promptTokens ?? 0) + (completionTokens ?? 0), clock.now())
    })
  }

  /**
   * Counts a request of a key, or returns the refusal. Tokens are known only when a request has ended, so a minute ends with the request
   * that exceeds its tokens.
   */
  take(principal: Limited): GatewayError | null {
    const now = this.#clock.now()
    const { keyHash } = principal
    const requests = principal.requestsPerMinute ?? this.#settings.requestsPerMinute
    const tokens = principal.tokensPerMinute ?? this.#settings.tokensPerMinute
    if (tokens !== null && this.#tokens.used(keyHash, now) >= tokens) {
      const advice = `The key may use ${tokens} tokens a minute.`
      return rateLimited('tokens-per-min', advice, tokens, this.#tokens.resetAt(keyHash, now), now)
    }
    if (requests === null) return null
    if (this.#requests.used(keyHash, now) >= requests) {
      const advice = `The key may send ${requests} requests a minute.`
      return rateLimited('requests-per-min', advice, requests, this.#requests.resetAt(keyHash, now), now)
    }
    this.#requests.add(keyHash, 1, now)
    return null
  }
}
