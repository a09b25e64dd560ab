import type { Clock } from '../util/clock.ts'

/** Upper bounds of one call, in milliseconds. */
export interface CallTimeouts {
  readonly connectMs: number
  /** Between two reads once content has begun. */
  readonly idleMs: number
  readonly totalMs: number
}

/** A shorter silence in the middle of an answer is none. */
const leastSilenceMs = 2_000

/** What is waited for. */
export type WaitingFor = 'connection' | 'first-token' | 'more' | 'reply' | 'whole'

interface CallDeadlineOptions {
  readonly clock: Clock
  readonly timeouts: CallTimeouts
  /** What is waited for first, once there is a connection. */
  readonly awaited: WaitingFor
  readonly limitMs: number
  /** Whether the request has been given a connection. */
  readonly connected: () => boolean
  readonly expired: (awaited: WaitingFor, limitMs: number) => void
}

/**
 * All time limits of one call with one timer. A sign of life only notes the time; the timer looks at the notes when it fires, and
 * sets itself anew if the call is still in time.
 */
export class CallDeadline {
  readonly #options: CallDeadlineOptions
  readonly #startedAt: number
  #awaited: WaitingFor
  #limitMs: number
  #since: number
  #away = false
  #dueAt = 0
  #timer: NodeJS.Timeout | undefined
  #secondLook: NodeJS.Immediate | undefined

  constructor(options: CallDeadlineOptions) {
    this.#options = options
    this.#startedAt = options.clock.monotonic()
    this.#since = this.#startedAt
    this.#awaited = options.awaited
    this.#limitMs = options.limitMs
    this.#set(this.#startedAt)
  }

  /** From now on something else is waited for. */
  expect(awaited: WaitingFor, limitMs: number): void {
    const now = this.#options.clock.monotonic()
    this.#awaited = awaited
    this.#limitMs = limitMs
    this.#since = now
    if (now + limitMs < this.#dueAt) this.#set(now)
  }

  /** The upstream is alive. */
  sign(): void {
    this.#since = this.#options.clock.monotonic()
  }

  /** Nobody waits for the upstream while the client is busy with what it got; only the whole is still limited. */
  leave(): void {
    this.#away = true
  }

  resume(): void {
    this.#away = false
    this.sign()
  }

  /**
   * Since when the upstream is silent, where that is a silence to blame it for. In the middle of an answer that is a third
   * of the limit.
   *
   * @param overdueMs For how long the beginning of an answer may be late.
   */
  silentSince(overdueMs: number): number | undefined {
    const { clock, timeouts } = this.#options
    const limitMs = this.#awaited === 'more' ? Math.max(leastSilenceMs, timeouts.idleMs / 3) : overdueMs
    return this.#away || clock.monotonic() - this.#since < limitMs ? undefined : this.#since
  }

  stop(): void {
    clearTimeout(this.#timer)
    clearImmediate(this.#secondLook)
  }

  #set(now: number): void {
    clearTimeout(this.#timer)
    const { dueIn } = this.#nearest(now)
    this.#dueAt = now + dueIn
    this.#timer = setTimeout(this.#look, Math.ceil(dueIn))
  }

  #nearest(now: number): { awaited: WaitingFor; limitMs: number; dueIn: number } {
    const { timeouts, connected } = this.#options
    const elapsed = now - this.#startedAt
    let nearest = { awaited: this.#awaited, limitMs: this.#limitMs, dueIn: this.#limitMs }
    if (!this.#away) nearest.dueIn -= now - this.#since
    const connection = timeouts.connectMs - elapsed
    if (connection < nearest.dueIn && !connected()) {
      nearest = { awaited: 'connection', limitMs: timeouts.connectMs, dueIn: connection }
    }
    const whole = timeouts.totalMs - elapsed
    return whole < nearest.dueIn ? { awaited: 'whole', limitMs: timeouts.totalMs, dueIn: whole } : nearest
  }

  readonly #look = (): void => {
    const now = this.#options.clock.monotonic()
    if (this.#nearest(now).dueIn > 0) return this.#set(now)
    // After the process was busy, timers run before sockets are read: what has come meanwhile is read before the second look.
    this.#secondLook = setImmediate(this.#lookAgain)
  }

  readonly #lookAgain = (): void => {
    const now = this.#options.clock.monotonic()
    const { awaited, limitMs, dueIn } = this.#nearest(now)
    if (dueIn > 0) return this.#set(now)
    this.#options.expired(awaited, limitMs)
  }
}
