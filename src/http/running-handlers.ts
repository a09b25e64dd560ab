import type { IncomingMessage, ServerResponse } from 'node:http'

/**
 * Counts the handlers that run. A handler may outlive its connection by a moment, in which it records what was done for a client that was
 * disconnected.
 */
export class RunningHandlers {
  #running = 0
  #ended = (): void => {}

  /** How many run. */
  get running(): number {
    return this.#running
  }

  /** Makes a handler of which each run is counted. */
  counted(
    handle: (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>,
  ): (incoming: IncomingMessage, outgoing: ServerResponse) => void {
    return (incoming, outgoing) => {
      this.#running += 1
      void handle(incoming, outgoing).finally(() => {
        this.#running -= 1
        if (this.#running === 0) this.#ended()
      })
    }
  }

  /** Resolves when none runs, and after the limit in any case. */
  async end(limitMs: number): Promise<void> {
    if (this.#running === 0) return
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#ended = resolve
    const timer = setTimeout(resolve, limitMs)
    await promise
    clearTimeout(timer)
  }
}
