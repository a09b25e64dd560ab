/**
 * A named place where a room publishes what happened and observers listen; nobody waits for them (docs/lifecycle.md). Unlike
 * `node:diagnostics_channel` it belongs to one gateway, so that two in one process do not hear each other.
 */
export class Channel<T> {
  readonly #listeners = new Set<(value: T) => void>()

  subscribe(listener: (value: T) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** A listener that throws is an observer's bug: it is reported as a process warning and breaks nothing. */
  publish(value: T): void {
    for (const listener of this.#listeners) {
      try {
        listener(value)
      } catch (error) {
        process.emitWarning(error instanceof Error ? error : String(error))
      }
    }
  }
}
