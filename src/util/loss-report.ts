const everyMs = 10_000

/**
 * Counts what is lost, by reason, and tells of it every ten seconds at most: what loses one thing often loses thousands a second, and a line of
 * the log for each would cost more than what was lost.
 */
export class LossReport<Reason extends string> {
  readonly #tell: (count: number, reason: Reason) => void
  readonly #lost = new Map<Reason, number>()
  #timer: NodeJS.Timeout | null = null

  constructor(tell: (count: number, reason: Reason) => void) {
    this.#tell = tell
  }

  /** Counts what was lost. */
  add(count: number, reason: Reason): void {
    this.#lost.set(reason, (this.#lost.get(reason) ?? 0) + count)
    this.#timer ??= setTimeout(() => this.flush(), everyMs).unref()
  }

  /** Tells now of what was not told yet. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    const lost = [...this.#lost]
    this.#lost.clear()
    for (const [reason, count] of lost) this.#tell(count, reason)
  }
}
