import { GatewayError } from '../canonical/errors.ts'

/** The use of one key or account in one window of time. */
interface Window {
  used: number
  /** Unix milliseconds. */
  readonly endsAt: number
}

/** The most windows that are kept before those that have ended are removed. */
const mostWindows = 10_000

/** Counts the use of each key or account in windows of time. Each check is one look-up. */
export class RateWindows {
  readonly #endOf: (now: number) => number
  readonly #windows = new Map<string, Window>()

  /** @param endOf Returns when a window that begins now ends. */
  constructor(endOf: (now: number) => number) {
    this.#endOf = endOf
  }

  /** Returns what was used in the current window. */
  used(name: string, now: number): number {
    const window = this.#windows.get(name)
    return window === undefined || window.endsAt <= now ? 0 : window.used
  }

  /** Adds to what was used. The first use after a window has ended begins the next one. */
  add(name: string, amount: number, now: number): void {
    const window = this.#windows.get(name)
    if (window !== undefined && window.endsAt > now) {
      window.used += amount
      return
    }
    if (this.#windows.size >= mostWindows) this.#removeEnded(now)
    this.#windows.set(name, { used: amount, endsAt: this.#endOf(now) })
  }

  /** Returns when the current window ends. */
  resetAt(name: string, now: number): number {
    const window = this.#windows.get(name)
    return window === undefined || window.endsAt <= now ? this.#endOf(now) : window.endsAt
  }

  #removeEnded(now: number): void {
    for (const [name, { endsAt }] of this.#windows) if (endsAt <= now) this.#windows.delete(name)
  }
}

const minuteMs = 60_000

/** A window of a minute, from the first use on. */
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
