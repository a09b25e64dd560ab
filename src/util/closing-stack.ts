/** What was opened and has to be closed again. Closing goes backwards, once, and does not stop at what fails. */
export class ClosingStack {
  readonly #closers: (() => void | Promise<void>)[] = []
  #closing: Promise<void> | null = null

  add(close: () => void | Promise<void>): void {
    this.#closers.push(close)
  }

  /** Rejects with the first failure, after everything else was closed. Closing again gives the same promise. */
  close(): Promise<void> {
    return (this.#closing ??= this.#close())
  }

  async #close(): Promise<void> {
    const failures: unknown[] = []
    for (const close of this.#closers.toReversed()) {
      try {
        // In turn: what was opened later may need what was opened before.
        await close()
      } catch (error) {
        failures.push(error)
      }
    }
    if (failures.length > 0) throw failures[0]
  }
}
