import type { GenerationRequest } from './canonical/generation-request.ts'
import type { Happenings } from './canonical/happening.ts'
import type { Caller } from './canonical/principal.ts'
import type { Catalog } from './catalog/model.ts'
import type { Config } from './config/config.ts'
import { encodeRouteExplanation } from './http/encode-route-explanation.ts'
import { type ClientTimeouts, defaultClientTimeouts } from './http/client-timeouts.ts'
import type { ProviderStatus } from './offerings/offerings.ts'
import { withPreferences } from './plugins/run-plugins.ts'
import { createEndUserId } from './secrets/end-user-id.ts'
import { createLogger } from './telemetry/logger.ts'
import { createDispatcher } from './upstream/dispatcher.ts'
import { Channel } from './util/channel.ts'
import { systemClock as clock } from './util/clock.ts'
import { ClosingStack } from './util/closing-stack.ts'
import { compactMemory } from './util/compact-memory.ts'
import { seededChance } from './util/seeded-chance.ts'
import { wireByok } from './wiring/byok.ts'
import { wireCalls, wirePromptCount } from './wiring/calls.ts'
import { wireGuardedFetch } from './wiring/downloads.ts'
import { wireFeatures } from './wiring/features.ts'
import { wireGeneration } from './wiring/generation.ts'
import { decodeChat, wireHttp } from './wiring/http.ts'
import { wireRouting } from './wiring/routing.ts'
import { wireStorage } from './wiring/storage.ts'

export { openStoredSecrets } from './wiring/byok.ts'
export { drainMs } from './wiring/http.ts'
export { builtInProviders } from './wiring/routing.ts'
export { exportFormats } from './ledger/reconcile/_registry.ts'
export { openBooks, openKeyStore } from './wiring/storage.ts'

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
   * Stops taking requests and lets running requests end, for up to 30 s and until `hurry` aborts. The others are broken off and recorded.
   * Idempotent.
   */
  close(hurry?: AbortSignal): Promise<void>
}

/** The settings that tests change. */
export interface GatewayOptions {
  /** Where the lines of the log go instead of standard output. */
  readonly logOutput?: { write(line: string): void }
  /** The time limits for slow clients. */
  readonly clientTimeouts?: ClientTimeouts
  /** Uniform in [0, 1). Default: from the configured seed, if there is one. */
  readonly chance?: () => number
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

/** Puts the rooms together. Whatever must be closed again is put on the stack as soon as it is open. */
async function assemble(config: Config, options: GatewayOptions, opened: ClosingStack): Promise<Gateway> {
  const { logOutput, clientTimeouts = defaultClientTimeouts, chance = chanceOf(config.routing.seed) } = options
  const happenings: Happenings = new Channel()
  const logger = createLogger(happenings, config.log, logOutput)
  opened.add(() => logger.close())
  const onError = (error: Error): void => logger.error(error, 'storage')
  const storage = await wireStorage({
    config,
    clock,
    happenings,
    opened,
    onError,
    calibration: (model) => router.calibration(model),
  })
  const byok = await wireByok({
    config,
    store: storage.byok,
    authenticator: storage.authenticator,
    clock,
    opened,
    onError,
  })
  const dispatcher = createDispatcher(config.timeouts)
  opened.add(() => dispatcher.destroy())
  const { offerings, health, router } = await wireRouting({
    config,
    clock,
    chance,
    dispatcher,
    happenings,
    opened,
    byok,
    byokFees: storage.byokFees,
  })

  const guarded = wireGuardedFetch(config)
  const features = wireFeatures({ config, clock, dispatcher, guarded, opened, catalog: offerings.catalog })
  const explain = (request: GenerationRequest, caller: Caller) =>
    router.explain(withPreferences(features.plugins, request, caller.account), caller)
  const generate = wireGeneration({
    ...features,
    ...storage,
    config,
    clock,
    chance,
    happenings,
    health,
    router,
    endUserId: createEndUserId(byok.installationKey),
    contents: storage.contentLog,
    callEndpoint: wireCalls({ config, clock, dispatcher, guarded, providers: offerings.providerOf, health }),
  })
  const server = wireHttp({
    ...storage,
    config,
    clientTimeouts,
    clock,
    generate,
    byok: byok.vault,
    catalog: offerings.catalog,
    providers: offerings.providers,
    models: {
      health,
      usage: storage.usage,
      datacenters: (provider) => offerings.provider(provider)?.datacenters ?? [],
      preferences: config.routing,
      now: clock.now,
    },
    explain,
    countPrompt: wirePromptCount({ clock, dispatcher, providers: offerings.providerOf, router }),
    happenings,
  })

  let closing: Promise<void> | null = null
  return {
    catalog: offerings.catalog,
    providers: offerings.statuses,
    explain: (body) => encodeRouteExplanation(explain(decodeChat(body), nobody)),
    async listen() {
      compactMemory()
      const url = await server.listen()
      offerings.watch((server) => happenings.publish({ type: 'server', ...server }))
      // The key is made only now: if the start failed after that, the key would never be shown.
      return { url, firstKey: await storage.makeFirstKey() }
    },
    close: (hurry) => (closing ??= server.drain(hurry).then(() => opened.close())),
  }
}

/** The caller for whom a route is explained where there is no request. */
const nobody: Caller = { account: 'default', keyHash: '' }

const chanceOf = (seed: number | null): (() => number) => (seed === null ? Math.random : seededChance(seed))
