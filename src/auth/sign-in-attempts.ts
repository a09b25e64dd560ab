import { GatewayError } from '../canonical/errors.ts'
import { operatorCommand } from '../canonical/operator-command.ts'
import type { Clock } from '../util/clock.ts'
import { RecencyMap } from '../util/recency-map.ts'

const windowMs = 60_000
/** How many failures a minute may have. */
const most = { ofClient: 10, throughProxy: 100 }
/** The most clients that are counted. Where there are more, the one that failed the longest time ago is forgotten. */
const mostCounted = 10_000

/** Where an attempt to sign in comes from. */
export interface SignInSource {
  /** Where the client is. */
  readonly client: string
  /**
   * The proxy that names the client; null where there is none. Any caller of this gateway may invent addresses in its place, so all clients of
   * one proxy have a limit together.
   */
  readonly proxy: string | null
}

/**
 * The failed attempts to sign in with a key in the present minute. Keys that the gateway makes cannot be guessed, but an operator may choose
 * others. There is no limit for all clients, with which one of them could keep all others out.
 */
export class SignInAttempts {
  readonly #clock: Clock
  readonly #failures = new RecencyMap<string, number>(mostCounted)
  #endsAt = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * Refuses an attempt where there were too many failures.
   * @throws GatewayError 429
   */
  check(source: SignInSource): void {
    const now = this.#clock.monotonic()
    if (now >= this.#endsAt) {
      this.#failures.clear()
      this.#endsAt = now + windowMs
    }
    if (countersOf(source).every(({ name, limit }) => (this.#failures.get(name) ?? 0) < limit)) return
    const seconds = Math.ceil((this.#endsAt - now) / 1000)
    throw new GatewayError(
      'rate_limit_exceeded',
      `There were too many failed attempts to sign in. Try again in ${seconds} seconds, or with a link that ${operatorCommand('console')} prints.`,
      { headers: { 'Retry-After': String(seconds) } },
    )
  }

  /** Counts a failure. */
  fail(source: SignInSource): void {
    for (const { name } of countersOf(source)) {
      this.#failures.set(name, (this.#failures.get(name) ?? 0) + 1)
    }
  }
}

const countersOf = ({ client, proxy }: SignInSource): readonly { readonly name: string; readonly limit: number }[] =>
  proxy === null
    ? [{ name: client, limit: most.ofClient }]
    : [
        { name: `${client} through ${proxy}`, limit: most.ofClient },
        { name: `through ${proxy}`, limit: most.throughProxy },
      ]
