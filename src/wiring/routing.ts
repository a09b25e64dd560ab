import type { ByokVault } from '../auth/byok-vault.ts'
import type { Usage } from '../canonical/usage.ts'
import type { CatalogEntry } from '../catalog/catalog-entry.ts'
import type { Endpoint } from '../catalog/endpoint.ts'
import type { Config } from '../config/config.ts'
import type { EndpointHealth } from '../health/endpoint-health.ts'
import type { ByokFees } from '../ledger/byok-fees.ts'
import { priceUsage } from '../ledger/price-usage.ts'
import { variableNames } from '../offerings/offer-providers.ts'
import type { BundledSimulator } from '../offerings/bundled-simulator.ts'
import { createOfferings, type Offerings } from '../offerings/offerings.ts'
import { providers } from '../providers/_registry.ts'
import { createRouter, type Router } from '../router/create-router.ts'
import { renamer } from '../router/resolve/rename.ts'
import type { createDispatcher } from '../upstream/dispatcher.ts'
import { probeLocalServer } from '../upstream/probe-local-server.ts'
import type { Clock } from '../util/clock.ts'
import { keyedProviders } from './byok.ts'
import type { Learned } from './learned.ts'

/** The providers that need no configuration, with the environment variables that they read. */
export const builtInProviders = providers.map((provider) => ({
  slug: provider.slug,
  variables: [...provider.apiKeyVariables, ...variableNames(provider)],
  local: provider.local === true,
}))

/** Finds out which models and endpoints a configuration offers. */
export const wireOfferings = (dependencies: {
  readonly config: Config
  readonly clock: Clock
  readonly dispatcher: ReturnType<typeof createDispatcher>
  readonly entries: readonly CatalogEntry[]
  readonly simulator: BundledSimulator
  readonly vault: Pick<ByokVault, 'keysOf'>
  readonly isStart: boolean
}): Promise<Offerings> =>
  createOfferings({
    ...dependencies,
    builtIn: providers,
    probe: (provider, timeoutMs) => probeLocalServer(dependencies, provider, timeoutMs),
    keyed: keyedProviders(dependencies.config),
    keysOf: dependencies.vault.keysOf,
  })

/** Makes the router of a configuration. */
export function wireRouter(dependencies: {
  readonly config: Config
  readonly clock: Clock
  readonly chance: () => number
  readonly offerings: Offerings
  readonly learned: Learned
  readonly byokFees: Pick<ByokFees, 'most'>
}): Router {
  const { config, clock, chance, offerings, learned, byokFees } = dependencies
  return createRouter({
    ...learned,
    clock,
    chance,
    price: (usage, endpoint, at) => {
      const list = listPrice(usage, endpoint, at)
      return endpoint.byok === undefined ? list : byokFees.most(list)
    },
    catalog: offerings.catalog,
    credentials: offerings.credentials,
    ownKeys: offerings.ownKeys,
    defaultModel: config.defaultModel,
    ...(config.aliases.size > 0 && { rename: renamer(config.aliases) }),
    adviceFor: offerings.adviceFor,
    routerModels: config.routing,
    mostCalls: config.limits.callsPerRequest,
  })
}

/**
 * Returns what a provider charges the operator for one call, in nano-USD, as if its answer were complete: whether the client is charged for it
 * does not matter here. A call with the key of an account is charged to that account.
 */
export const price = (usage: Usage, endpoint: Endpoint, at: number): number =>
  endpoint.byok === undefined ? listPrice(usage, endpoint, at) : 0

const listPrice = (usage: Usage, { pricing }: Endpoint, at: number): number =>
  priceUsage(usage, pricing, 'stop', at).total

/** Returns the function that counts the gateway's own credentials for an endpoint, and those of them that should not be used now. */
export const credentialCounts =
  (offerings: Offerings, health: Pick<EndpointHealth, 'isBenched'>) =>
  ({ id, provider }: Endpoint) => {
    const credentials = offerings.provider(provider)?.credentials ?? []
    const isNeeded = credentials.some(({ apiKey }) => apiKey !== undefined)
    return {
      state: isNeeded ? ('present' as const) : ('none-needed' as const),
      count: isNeeded ? credentials.length : 0,
      benched: credentials.filter(({ reference }) => health.isBenched(id, reference.id)).length,
    }
  }
