import { GatewayError } from '../canonical/errors.ts'
import type { Clock } from '../util/clock.ts'

const windowMs = 60_000
/** How many failures a minute may have. A proxy in front makes all clients one address. */
const most = { ofAddress: 10, ofAll: 100 }

/** The failed attempts to sign in of the present minute. Keys that the gateway makes cannot be guessed, but an operator may choose others. */
export class SignInAttempts {
  readonly #clock: Clock
  readonly #failures = new Map<string, number>()
  #all = 0
  #endsAt = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * Refuses an attempt where there were too many failures.
   * @throws GatewayError 429
   */
  check(address: string): void {
    const now = this.#clock.monotonic()
    if (now >= this.#endsAt) this.#begin(now)
    if (this.#all < most.ofAll && (this.#failures.get(address) ?? 0) < most.ofAddress) return
    const seconds = Math.ceil((this.#endsAt - now) / 1000)
    throw new GatewayError(
      'rate_limit_exceeded',
      `There were too many failed attempts to sign in. Try again in ${seconds} seconds.`,
      { headers: { 'Retry-After': String(seconds) } },
    )
  }

  /** Counts a failure. */
  fail(address: string): void {
    this.#all += 1
    this.#failures.set(address, (this.#failures.get(address) ?? 0) + 1)
  }

  #begin(now: number): void {
    this.#failures.clear()
    this.#all = 0
    this.#endsAt = now + windowMs
  }
}
