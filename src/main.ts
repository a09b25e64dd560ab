import type { Config } from './config/config.ts'
import { loadConfig } from './config/load-config.ts'
import { readEnvironment } from './config/read-environment.ts'
import { builtInProviders, createGateway, drainMs, type Gateway } from './gateway.ts'

export interface ServeOptions {
  readonly config?: string
  readonly host?: string
  readonly port?: number
}

/** A gateway that listens. */
export interface Served {
  readonly config: Config
  readonly gateway: Gateway
  readonly url: string
  /** To be shown once; null when there were keys. */
  readonly firstKey: string | null
}

/** Boots: config → gateway → listen → signals. Returns once it listens; the process then lives until a signal ends it. */
export async function serve(options: ServeOptions): Promise<Served> {
  const config = loadConfig({
    file: options.config ?? null,
    environment: readEnvironment(),
    workingDirectory: process.cwd(),
    overrides: { host: options.host, port: options.port },
    builtInProviders,
  })
  const gateway = await createGateway(config)
  // Before it says that it listens: who reads that may stop it at once.
  stopOnSignal(gateway)
  try {
    return { config, gateway, ...(await gateway.listen()) }
  } catch (error) {
    await gateway.close()
    throw error
  }
}

/** Most stop sooner, and then there is nothing to explain. */
const explainAfterMs = 500

/** The first signal lets running replies end, a second one does not wait for them. */
function stopOnSignal(gateway: Gateway): void {
  let stopping = false
  const stop = async (): Promise<void> => {
    if (stopping) process.exit(1)
    stopping = true
    setTimeout(() => {
      process.stderr.write(
        `Waygate waits for running requests, for up to ${drainMs / 1000} s. A second signal ends it at once.\n`,
      )
    }, explainAfterMs)
    await gateway.close()
    process.exit(0)
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop())
  // A terminal that is closed sends it; the gateway is no part of that terminal.
  process.on('SIGHUP', () => {})
}
