import type { Config } from './config/config.ts'
import { loadConfig, watchConfig } from './config/load-config.ts'
import { readEnvironment } from './config/read-environment.ts'
import type { ConfigWatch } from './config/watch-config-file.ts'
import { builtInProviders, createGateway, drainMs, type Gateway, makeSignInLink } from './gateway.ts'

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
  /** Makes a link at which a browser signs in once. Null where its file cannot be written. */
  readonly makeSignInLink: (url: string) => Promise<string | null>
}

/** Starts a gateway: config → gateway → signals → listen. Returns once it takes requests; the process then runs until a signal ends it. */
export async function serve({ config: file, ...overrides }: ServeOptions): Promise<Served> {
  const workingDirectory = process.cwd()
  const options = { file, environment: readEnvironment(), workingDirectory, overrides, builtInProviders }
  let isAsked = false
  const reload = (): void => {
    // A reload that has not read the file yet will read its newest content, so no other one is needed.
    if (isAsked) return
    isAsked = true
    void gateway.reload(loadNext)
  }
  const loadNext = (inUse: Config): Config => {
    isAsked = false
    watch.noteRead()
    return loadConfig({ ...options, inUse })
  }
  // The watch begins before the file is read, so that no change is missed.
  const watch = watchConfig(options, reload)
  const config = loadConfig(options)
  const gateway = await createGateway(config, { loadNext })
  // Signals are handled before the address is printed: a script that reads the address may stop the process at once.
  stopOnSignal(gateway, watch)
  // Node's own listener writes plain lines to standard error.
  process.removeAllListeners('warning').on('warning', (warning) => gateway.warn(warning))
  // A terminal that is closed sends SIGHUP too. The gateway keeps running without its terminal.
  process.on('SIGHUP', reload)
  try {
    const listening = await gateway.listen()
    watch.start()
    return { config, gateway, ...listening, makeSignInLink: (url) => makeSignInLink(config, url).catch(() => null) }
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
function stopOnSignal(gateway: Gateway, watch: ConfigWatch): void {
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
    watch.close()
    setTimeout(() => {
      process.stderr.write(
        `Waygate waits for running requests, for up to ${drainMs / 1000} s. A second signal breaks them off, a third ends the process at once.\n`,
      )
    }, explainAfterMs)
    await gateway.close(hurry.signal)
    process.exit(hurry.signal.aborted ? 1 : 0)
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop())
}
