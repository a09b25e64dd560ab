import type { Reload } from './canonical/happening.ts'
import type { Caller } from './canonical/principal.ts'
import type { Catalog } from './catalog/model.ts'
import type { Config } from './config/config.ts'
import { encodeRouteExplanation } from './http/encode-route-explanation.ts'
import { type ClientTimeouts, defaultClientTimeouts } from './http/client-timeouts.ts'
import type { ProviderStatus } from './offerings/offerings.ts'
import { ClosingStack } from './util/closing-stack.ts'
import { collectOnOneThread, compactMemory } from './util/collector.ts'
import { type Configured, wireConfigured } from './wiring/configured.ts'
import { decodeChat } from './wiring/http.ts'
import { wireKept } from './wiring/kept.ts'
import { createReload, type LoadNext } from './wiring/reload.ts'
import { forgetMoved } from './wiring/learned.ts'
import { wireServer } from './wiring/server.ts'

export { openStoredSecrets } from './wiring/byok.ts'
export { drainMs } from './wiring/server.ts'
export { builtInProviders } from './wiring/routing.ts'
export { exportFormats } from './ledger/reconcile/_registry.ts'
export { makeSignInLink } from './wiring/sign-in.ts'
export { openStoredData } from './wiring/storage.ts'

/** One gateway in this process. */
export interface Gateway {
  /** Returns the models and endpoints that are offered now. */
  catalog(): Catalog
  /** Lists the providers that are offered now and why, and what the others lack. */
  providers(): readonly ProviderStatus[]
  /**
   * Explains which endpoints a chat request would be sent to, and why. Calls no endpoint.
   * @throws GatewayError for a body that is not a valid chat request.
   */
  explain(body: object): ReturnType<typeof encodeRouteExplanation>
  /**
   * Begins to take requests. `firstKey` is the API key that was made because there was none, and is shown once; null when there are keys.
   * @throws Error that explains what to do when the port is taken.
   */
  listen(): Promise<{ readonly url: string; readonly firstKey: string | null }>
  /**
   * Replaces the configuration while requests are served: as a whole, or not at all. Requests that have begun end under the one before. What
   * was learned and counted stays. The log tells the outcome. The promise never rejects.
   * @param load Loads the configuration, or throws an error that says what is wrong.
   */
  reload(load: LoadNext): Promise<Reload>
  /** Logs a warning of the process, whose process-wide listener is not the gateway's. */
  warn(warning: Error): void
  /**
   * Stops taking requests and lets running requests end, for up to 30 s and until `hurry` aborts. The others are broken off and recorded.
   * Idempotent.
   */
  close(hurry?: AbortSignal): Promise<void>
}

/** The settings that no configuration has. */
export interface GatewayOptions {
  /** Where the lines of the log go instead of standard output. */
  readonly logOutput?: { write(line: string): void }
  /** The time limits for slow clients. */
  readonly clientTimeouts?: ClientTimeouts
  /** Loads the configuration again, for those who ask for that through the API. */
  readonly loadNext?: LoadNext
  /** Uniform in [0, 1). Default: from the configured seed, if there is one. */
  readonly chance?: () => number
  /** Whether it ends within seconds. Then its memory is not worth the time that it takes to release it. */
  readonly isShortLived?: boolean
}

/**
 * Puts a gateway together. This is the composition root: with the files in `wiring/`, one for each subject, it is the only place that
 * imports every room.
 * @throws Error for a gateway that cannot run as configured. Everything that was opened is closed again.
 */
export async function createGateway(config: Config, options: GatewayOptions = {}): Promise<Gateway> {
  const opened = new ClosingStack()
  try {
    return await assemble(config, options, opened)
  } catch (error) {
    await opened.close().catch(() => {})
    throw error
  }
}

/** Puts the rooms together: what lasts as long as the gateway, and what follows from the configuration and is replaced with it. */
async function assemble(start: Config, options: GatewayOptions, opened: ClosingStack): Promise<Gateway> {
  const { logOutput, clientTimeouts = defaultClientTimeouts, chance, loadNext, isShortLived = false } = options
  let configured: Configured | null = null
  const settings = (): Config => configured?.config ?? start
  const kept = await wireKept({
    config: start,
    settings,
    offerings: () => configured?.offerings ?? null,
    running: () => server.running(),
    opened,
    logOutput,
  })
  const { storage, happenings } = kept
  const build = (config: Config, isStart: boolean): Promise<Configured> =>
    wireConfigured(config, kept, {
      isStart,
      clientTimeouts,
      chance,
      readiness: () => server.readiness(),
      reloadConfiguration: loadNext === undefined ? null : () => reload(loadNext),
    })
  const first = await build(start, true)
  const inUse = (): Configured => configured ?? first
  const server = wireServer({
    config: start,
    clientTimeouts,
    isBacklogged: () => storage.generations.isFull,
    serving: inUse,
  })

  let state: 'made' | 'listening' | 'closed' = 'made'
  const watch = (): void => inUse().offerings.watch((server) => happenings.publish({ type: 'server', ...server }))
  /** This assignment is all that changes from one configuration to the next: whatever is kept reads its settings from it. */
  const use = (next: Configured): void => {
    if (state === 'closed') throw new Error('The gateway is stopping.')
    const before = inUse().offerings
    before.close()
    forgetMoved(kept.learned, before, next.offerings)
    configured = next
    kept.telemetry.apply(next.config)
    if (state === 'listening') watch()
  }
  configured = first
  opened.add(() => inUse().offerings.close())

  const reload = createReload({ happenings, inUse: settings, build: (config) => build(config, false), use })
  let closing: Promise<void> | null = null
  return {
    catalog: () => inUse().offerings.catalog(),
    providers: () => inUse().offerings.statuses(),
    explain: (body) => encodeRouteExplanation(inUse().explain(decodeChat(body), nobody)),
    async listen() {
      if (!isShortLived) {
        collectOnOneThread()
        compactMemory()
      }
      await kept.shared.start()
      const url = await server.listen()
      state = 'listening'
      watch()
      // The key is made only now: if the start failed after that, the key would never be shown.
      return { url, firstKey: await storage.makeFirstKey() }
    },
    reload,
    warn: (warning) => kept.logger.warn(warning),
    close(hurry) {
      state = 'closed'
      return (closing ??= server.drain(hurry).then(() => opened.close()))
    },
  }
}

/** The caller for whom a route is explained where there is no request. */
const nobody: Caller = { account: 'default', keyHash: '' }
