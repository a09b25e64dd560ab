/**
 * A channel on which values are published to listeners; publishing does not wait for them (docs/lifecycle.md). Unlike
 * `node:diagnostics_channel` it belongs to one gateway, so that two gateways in one process do not share values.
 */
export class Channel<T> {
  readonly #listeners = new Set<(value: T) => void>()

  /** Adds a listener. Returns a function that removes it. */
  subscribe(listener: (value: T) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Calls all listeners. The error of a listener that throws is reported as a process warning, and has no other effect. */
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
