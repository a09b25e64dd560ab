import type { Config } from './config/config.ts'
import { loadConfig } from './config/load-config.ts'
import { readEnvironment } from './config/read-environment.ts'
import { builtInProviders, createGateway, drainMs, type Gateway } from './gateway.ts'

/** The options of `waygate serve`. */
export interface ServeOptions {
  readonly config?: string
  readonly host?: string
  readonly port?: number
}

/** A gateway that takes requests. */
export interface Served {
  readonly config: Config
  readonly gateway: Gateway
  readonly url: string
  /** The API key that was made, to be shown once; null when there were keys. */
  readonly firstKey: string | null
}

/** Starts a gateway: config → gateway → signals → listen. Returns once it takes requests; the process then runs until a signal ends it. */
export async function serve(options: ServeOptions): Promise<Served> {
  const config = loadConfig({
    file: options.config ?? null,
    environment: readEnvironment(),
    workingDirectory: process.cwd(),
    overrides: { host: options.host, port: options.port },
    builtInProviders,
  })
  const gateway = await createGateway(config)
  // Signals are handled before the address is printed: a script that reads the address may stop the process at once.
  stopOnSignal(gateway)
  try {
    return { config, gateway, ...(await gateway.listen()) }
  } catch (error) {
    await gateway.close()
    throw error
  }
}

/** The time after which the command line explains why it has not stopped yet. Most gateways stop sooner. */
const explainAfterMs = 500

/** The longest time that the process takes to end after a second signal. */
const hurriedMs = 5_000

/**
 * Closes the gateway at the first signal, which lets running replies end. A second signal breaks them off: the process ends once they are on
 * record. A third ends it at once.
 */
function stopOnSignal(gateway: Gateway): void {
  const hurry = new AbortController()
  let stopping = false
  const stop = async (): Promise<void> => {
    if (hurry.signal.aborted) process.exit(1)
    if (stopping) {
      hurry.abort()
      setTimeout(() => process.exit(1), hurriedMs)
      return
    }
    stopping = true
    setTimeout(() => {
      process.stderr.write(
        `Waygate waits for running requests, for up to ${drainMs / 1000} s. A second signal ends it at once.\n`,
      )
    }, explainAfterMs)
    await gateway.close(hurry.signal)
    process.exit(hurry.signal.aborted ? 1 : 0)
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop())
  // A terminal that is closed sends SIGHUP. The gateway keeps running without its terminal.
  process.on('SIGHUP', () => {})
}
