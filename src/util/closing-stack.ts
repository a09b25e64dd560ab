/** A stack of what was opened and must be closed again. It is closed once, in reverse order, and failures do not stop it. */
export class ClosingStack {
  readonly #closers: (() => void | Promise<void>)[] = []
  #closing: Promise<void> | null = null

  /** Adds a function that closes something. */
  add(close: () => void | Promise<void>): void {
    this.#closers.push(close)
  }

  /** Closes everything. Rejects with the first failure, after the rest was closed. A second call returns the same promise. */
  close(): Promise<void> {
    return (this.#closing ??= this.#close())
  }

  async #close(): Promise<void> {
    const failures: unknown[] = []
    for (const close of this.#closers.toReversed()) {
      try {
        // One is awaited after the other: what was opened later may need what was opened before.
        await close()
      } catch (error) {
        failures.push(error)
      }
    }
    if (failures.length > 0) throw failures[0]
  }
}
