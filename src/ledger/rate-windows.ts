import { GatewayError } from '../canonical/errors.ts'
import type { Facts, Topic } from '../storage/stores/shared-state.ts'
import type { Clock } from '../util/clock.ts'
import { countOf, isObject } from '../util/json.ts'

/** The use of one key or account in one window of time. */
interface Window {
  used: number
  /** Unix milliseconds. */
  endsAt: number
}

/** A use at one node. `total` and `leftMs` are those of its whole window, so that one fact makes up for others that were lost. */
type Use = { readonly name: string; readonly amount: number; readonly total: number; readonly leftMs: number }

/** The most windows that are kept before those that have ended are removed. */
const mostWindows = 10_000

/** Counts the use of each key or account in windows of time. Each check is one look-up. */
export class RateWindows {
  readonly #endOf: (now: number) => number
  readonly #windows = new Map<string, Window>()
  readonly #facts: Facts
  readonly #topic: Topic<Use>

  /** @param endOf Returns when a window that begins now ends. */
  constructor(endOf: (now: number) => number, sharing: WindowSharing) {
    this.#endOf = endOf
    this.#facts = sharing.facts
    this.#topic = { name: `rate-${sharing.name}`, read: readUse }
    this.#facts.subscribe(this.#topic, ({ fact, ageMs }) => this.#receive(fact, Math.round(ageMs), sharing.clock.now()))
  }

  /** Returns what was used in the current window. */
  used(name: string, now: number): number {
    const window = this.#windows.get(name)
    return window === undefined || window.endsAt <= now ? 0 : window.used
  }

  /** Adds to what was used. The first use after a window has ended begins the next one. */
  add(name: string, amount: number, now: number): void {
    const window = this.#current(name, now)
    window.used += amount
    this.#facts.publish(this.#topic, { name, amount, total: window.used, leftMs: window.endsAt - now })
  }

  /** Returns when the current window ends. */
  resetAt(name: string, now: number): number {
    const window = this.#windows.get(name)
    return window === undefined || window.endsAt <= now ? this.#endOf(now) : window.endsAt
  }

  /**
   * Adds what another node used. Windows that began at two nodes become one, which ends with the older one. The total of the other node says
   * how much was used at least.
   */
  #receive({ name, amount, total, leftMs }: Use, ageMs: number, now: number): void {
    const endsAt = now - ageMs + leftMs
    if (endsAt <= now) return
    const window = this.#current(name, now)
    window.used = Math.max(window.used + amount, total)
    window.endsAt = Math.min(window.endsAt, endsAt)
  }

  #current(name: string, now: number): Window {
    const known = this.#windows.get(name)
    if (known !== undefined && known.endsAt > now) return known
    if (this.#windows.size >= mostWindows) this.#removeEnded(now)
    const window = { used: 0, endsAt: this.#endOf(now) }
    this.#windows.set(name, window)
    return window
  }

  #removeEnded(now: number): void {
    for (const [name, { endsAt }] of this.#windows) if (endsAt <= now) this.#windows.delete(name)
  }
}

/** How windows are told to other nodes. */
export interface WindowSharing {
  /** Names what is counted. */
  readonly name: string
  readonly clock: Clock
  /** Where nodes tell each other what they counted. */
  readonly facts: Facts
}

function readUse(value: unknown): Use | null {
  if (!isObject(value)) return null
  const { name } = value
  const [amount, total, leftMs] = [countOf(value['amount']), countOf(value['total']), countOf(value['leftMs'])]
  if (typeof name !== 'string' || name.length > longestName) return null
  return amount === undefined || total === undefined || leftMs === undefined ? null : { name, amount, total, leftMs }
}

/** Names are hashes of keys, and accounts. */
const longestName = 512

const minuteMs = 60_000

/** Returns when a window of one minute ends that begins now, with its first use. In Unix milliseconds. */
export const oneMinute = (now: number): number => now + minuteMs

/**
 * Makes the error of a limit that is used up, with the headers that tell when to try again (contract §5.3, §6.18).
 * @param bucket The name of the limit.
 * @param resetAt Unix milliseconds.
 */
export function rateLimited(bucket: string, advice: string, limit: number, resetAt: number, now: number): GatewayError {
  return new GatewayError('rate_limit_exceeded', `Rate limit exceeded: ${bucket}. ${advice}`, {
    headers: {
      'X-RateLimit-Limit': String(limit),
      'X-RateLimit-Remaining': '0',
      'X-RateLimit-Reset': String(resetAt),
      'Retry-After': String(Math.max(1, Math.ceil((resetAt - now) / 1000))),
    },
  })
}
