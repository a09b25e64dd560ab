import { type Simulator, startSimulator } from '../simulator/simulator.ts'

/** The simulator inside a gateway. It is started when it is first offered, and runs until the gateway ends. */
export class BundledSimulator {
  #started: Promise<Simulator> | null = null

  /** Starts the simulator, unless it runs. Where that fails, the next call tries again. */
  start(): Promise<Simulator> {
    this.#started ??= startSimulator({ quiet: true, embedded: true }).catch((error: unknown) => {
      this.#started = null
      throw error
    })
    return this.#started
  }

  /** Ends the simulator, where it was started. */
  async close(): Promise<void> {
    const simulator = await this.#started
    await simulator?.close()
  }
}
