import type { Clock } from '../util/clock.ts'

/** The time limits of one call, in milliseconds. */
export interface CallTimeouts {
  readonly connectMs: number
  /** The limit between two reads once content has begun. */
  readonly idleMs: number
  readonly totalMs: number
}

/** The shortest time without data, in the middle of an answer, that counts as silence. */
const leastSilenceMs = 2_000

/** What a call waits for. */
export type WaitingFor = 'connection' | 'first-token' | 'more' | 'reply' | 'whole'

interface CallDeadlineOptions {
  readonly clock: Clock
  readonly timeouts: CallTimeouts
  /** What the call waits for first, once there is a connection. */
  readonly awaited: WaitingFor
  readonly limitMs: number
  /** Whether the request has been given a connection. */
  readonly connected: () => boolean
  readonly expired: (awaited: WaitingFor, limitMs: number) => void
}

/**
 * Enforces all time limits of one call with one timer. Activity only stores the time; when the timer fires it reads the stored times, and
 * is set again if the call is still in time.
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

  /** Sets what is waited for from now on, and for how long. */
  expect(awaited: WaitingFor, limitMs: number): void {
    const now = this.#options.clock.monotonic()
    this.#awaited = awaited
    this.#limitMs = limitMs
    this.#since = now
    if (now + limitMs < this.#dueAt) this.#set(now)
  }

  /** Notes that something arrived, and begins the wait again. */
  noteActivity(): void {
    this.#since = this.#options.clock.monotonic()
  }

  /** Stops the wait while the client reads. Only the limit of the whole call goes on. */
  pause(): void {
    this.#away = true
  }

  resume(): void {
    this.#away = false
    this.noteActivity()
  }

  /**
   * Returns since when the upstream has been silent, in monotonic milliseconds, where the silence is long enough to count against it;
   * undefined elsewhere. In the middle of an answer that is a third of the limit, but at least 2 s.
   *
   * @param overdueMs The silence that counts before the answer begins.
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
    // After the process was busy, timers run before sockets are read. Data that has arrived meanwhile is read before the second check.
    this.#secondLook = setImmediate(this.#lookAgain)
  }

  readonly #lookAgain = (): void => {
    const now = this.#options.clock.monotonic()
    const { awaited, limitMs, dueIn } = this.#nearest(now)
    if (dueIn > 0) return this.#set(now)
    this.#options.expired(awaited, limitMs)
  }
}
