import type { Simulator } from '../simulator/simulator.ts'

/** The simulator inside a gateway. It is started when it is first offered, and runs until the gateway ends. */
export class BundledSimulator {
  #started: Promise<Simulator> | null = null

  /** Starts the simulator, unless it runs. Where that fails, the next call tries again. */
  start(): Promise<Simulator> {
    this.#started ??= startOwn().catch((error: unknown) => {
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

/** The simulator is a twentieth of the program, which a gateway without discovery does not load. */
async function startOwn(): Promise<Simulator> {
  const { startSimulator } = await import('../simulator/simulator.ts')
  return startSimulator({ quiet: true, embedded: true })
}
