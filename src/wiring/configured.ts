import type { Reload } from '../canonical/happening.ts'
import type { GenerationRequest } from '../canonical/generation-request.ts'
import type { Caller } from '../canonical/principal.ts'
import type { Config } from '../config/config.ts'
import type { App } from '../http/app.ts'
import type { ClientTimeouts } from '../http/client-timeouts.ts'
import type { Readiness } from '../http/hooks/refuse-while-not-ready.ts'
import type { Offerings } from '../offerings/offerings.ts'
import { withPreferences } from '../plugins/run-plugins.ts'
import type { Router } from '../router/create-router.ts'
import { search } from '../util/pattern.ts'
import { seededChance } from '../util/seeded-chance.ts'
import { wireCalls, wirePromptCount } from './calls.ts'
import { wireFetchTogether, wireGuardedFetch } from './downloads.ts'
import { wireFeatures } from './features.ts'
import { wireGeneration } from './generation.ts'
import { wireHttp } from './http.ts'
import type { Kept } from './kept.ts'
import { credentialCounts, wireOfferings, wireRouter } from './routing.ts'
import { unknownNames } from './unknown-names.ts'

/**
 * What follows from one configuration. It owns no connection, file or timer, except for the checks of local servers, so that nothing needs to
 * be closed when the last request that began under it has ended.
 */
export interface Configured {
  readonly config: Config
  readonly offerings: Offerings
  readonly explain: (request: GenerationRequest, caller: Caller) => ReturnType<Router['explain']>
  readonly handle: App['handle']
}

/**
 * Makes what follows from a configuration.
 * @throws Error for a configuration that cannot be used.
 */
export async function wireConfigured(
  config: Config,
  kept: Kept,
  options: {
    readonly isStart: boolean
    readonly clientTimeouts: ClientTimeouts
    readonly chance: (() => number) | undefined
    readonly readiness: () => Readiness
    /** Reads the configuration again; null where this process cannot. */
    readonly reloadConfiguration: (() => Promise<Reload>) | null
  },
): Promise<Configured> {
  const { storage, clock, happenings, dispatcher, learned } = kept
  const chance = options.chance ?? (config.routing.seed === null ? Math.random : seededChance(config.routing.seed))
  const byokFees = storage.byokFees.under(config.byok)
  const offerings = await wireOfferings({ ...kept, config, isStart: options.isStart })
  for (const warning of unknownNames(config, offerings)) process.emitWarning(warning)
  const router = wireRouter({ config, clock, chance, offerings, learned, byokFees })
  const guarded = wireGuardedFetch(config)
  const features = wireFeatures({ ...kept, config, guarded, catalog: offerings.catalog })
  const explain = (request: GenerationRequest, caller: Caller) =>
    router.explain(
      withPreferences(features.plugins, storage.presets.apply(request, caller.account), caller.account),
      caller,
    )
  const generate = wireGeneration({
    ...features,
    ...storage,
    ...learned,
    ...kept,
    byokFees,
    config,
    chance,
    router,
    callEndpoint: wireCalls({
      config,
      clock,
      dispatcher,
      guarded,
      providers: offerings.providerOf,
      health: learned.health,
    }),
  })
  const { handle } = wireHttp({
    ...storage,
    ...kept.signIn,
    ...kept.operations,
    ...options,
    config,
    clock,
    happenings,
    generate,
    metrics: kept.telemetry.metrics,
    spool: kept.spool,
    fetchTogether: wireFetchTogether(guarded),
    imageService: ({ provider, upstreamModel }) =>
      offerings
        .provider(provider)
        ?.services?.images?.find(({ models }) => models === undefined || search(models, upstreamModel) !== null),
    byok: kept.vault,
    destinations: kept.telemetry.destinations,
    catalog: offerings.catalog,
    findModel: router.find,
    usableModels: router.usable,
    credentialsOf: credentialCounts(offerings, learned.health),
    providerStatuses: offerings.statuses,
    defaultModel: config.defaultModel,
    providers: offerings.providers,
    models: {
      health: learned.health,
      usage: storage.usage,
      datacenters: (provider) => offerings.provider(provider)?.datacenters ?? [],
      preferences: config.routing,
      now: clock.now,
    },
    explain,
    countPrompt: wirePromptCount({
      ...learned,
      ...storage,
      clock,
      dispatcher,
      providers: offerings.providerOf,
      router,
    }),
  })
  return { config, offerings, explain, handle }
}
