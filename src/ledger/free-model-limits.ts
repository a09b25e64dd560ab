import type { GatewayError } from '../canonical/errors.ts'
import type { GenerationContext } from '../canonical/generation-context.ts'
import type { Facts } from '../storage/stores/shared-state.ts'
import type { Clock } from '../util/clock.ts'
import { periodAt } from '../util/utc-periods.ts'
import { oneMinute, rateLimited, RateWindows } from './rate-windows.ts'

/** How many requests an account may send to models that cost nothing. */
export interface FreeModelSettings {
  readonly perMinute: number
  readonly perDay: number
}

/** Null where there is no limit. It is read for each request, because it may change. */
interface Settings {
  readonly freeModels: FreeModelSettings | null
}

/** The use of the day. */
export interface FreeModelUse {
  readonly limit: number
  readonly used: number
}

/**
 * The limits of requests to free models (contract §6.18). They are limits of the account, so more keys do not raise them. A day begins at
 * midnight UTC. Kept in memory, and told to other nodes: a restart of the only one forgets the requests of the day.
 */
export class FreeModelLimits {
  readonly #settings: Settings
  readonly #clock: Clock
  readonly #minutes: RateWindows
  readonly #days: RateWindows

  constructor(settings: Settings, clock: Clock, facts: Facts) {
    this.#settings = settings
    this.#clock = clock
    this.#minutes = new RateWindows(oneMinute, { name: 'free-minutes', clock, facts })
    this.#days = new RateWindows((now) => periodAt('daily', now).end, { name: 'free-days', clock, facts })
  }

  get isOn(): boolean {
    return this.#settings.freeModels !== null
  }

  /** Counts a request, or returns the refusal. */
  take({ principal: { account } }: Pick<GenerationContext, 'principal'>): GatewayError | null {
    const { freeModels } = this.#settings
    if (freeModels === null) return null
    const { perMinute, perDay } = freeModels
    const now = this.#clock.now()
    if (this.#days.used(account, now) >= perDay) {
      const advice = `The account may send ${perDay} requests a day to free models.`
      return rateLimited('free-models-per-day', advice, perDay, this.#days.resetAt(account, now), now)
    }
    if (this.#minutes.used(account, now) >= perMinute) {
      const advice = `The account may send ${perMinute} requests a minute to free models.`
      return rateLimited('free-models-per-min', advice, perMinute, this.#minutes.resetAt(account, now), now)
    }
    this.#days.add(account, 1, now)
    this.#minutes.add(account, 1, now)
    return null
  }

  /** Returns how many requests an account has sent today, and how many it may send; null where there is no limit. */
  today(account: string): FreeModelUse | null {
    const { freeModels } = this.#settings
    if (freeModels === null) return null
    return { limit: freeModels.perDay, used: this.#days.used(account, this.#clock.now()) }
  }
}
