import type { ByokVault } from '../auth/byok-vault.ts'
import type { Happenings } from '../canonical/happening.ts'
import type { Usage } from '../canonical/usage.ts'
import type { Endpoint } from '../catalog/endpoint.ts'
import type { Config } from '../config/config.ts'
import { type CredentialReference, operator } from '../health/candidate.ts'
import { createEndpointHealth } from '../health/create-endpoint-health.ts'
import type { ByokFees } from '../ledger/byok-fees.ts'
import { priceUsage } from '../ledger/price-usage.ts'
import { variableNames } from '../offerings/offer-providers.ts'
import { createOfferings } from '../offerings/offerings.ts'
import type { KeyedProviders } from '../offerings/read-byok-key.ts'
import { providers } from '../providers/_registry.ts'
import { createRouter } from '../router/create-router.ts'
import { renamer } from '../router/resolve/rename.ts'
import type { createDispatcher } from '../upstream/dispatcher.ts'
import { probeLocalServer } from '../upstream/probe-local-server.ts'
import type { Clock } from '../util/clock.ts'
import type { ClosingStack } from '../util/closing-stack.ts'

/** The providers that need no configuration, with the environment variables that they read. */
export const builtInProviders = providers.map((provider) => ({
  slug: provider.slug,
  variables: [...provider.apiKeyVariables, ...variableNames(provider)],
  local: provider.local === true,
}))

/** Finds out which models and endpoints are offered, and makes their health and the router. */
export async function wireRouting(dependencies: {
  readonly config: Config
  readonly clock: Clock
  readonly chance: () => number
  readonly dispatcher: ReturnType<typeof createDispatcher>
  readonly happenings: Happenings
  readonly opened: ClosingStack
  readonly byok: { readonly keyed: KeyedProviders; readonly vault: Pick<ByokVault, 'keysOf'> }
  readonly byokFees: Pick<ByokFees, 'most'>
}) {
  const { config, clock, chance, dispatcher, happenings, opened, byok, byokFees } = dependencies
  const { routing } = config
  const offerings = await createOfferings({
    config,
    builtIn: providers,
    probe: (provider, timeoutMs) => probeLocalServer({ dispatcher, clock }, provider, timeoutMs),
    keyed: byok.keyed,
    keysOf: byok.vault.keysOf,
  })
  opened.add(() => offerings.close())
  const placeOf = ({ provider, id, owner }: CredentialReference): number | string =>
    owner === operator ? offerings.credentials(provider).findIndex((credential) => credential.id === id) + 1 : id
  const health = createEndpointHealth({
    clock,
    onRefusal: ({ endpoint: { provider, id }, credential }) =>
      happenings.publish({ type: 'refused', provider, endpoint: id, credential: placeOf(credential) }),
    outageWindowMs: routing.outageWindowMs,
    probeIntervalMs: routing.probeIntervalMs,
  })
  const router = createRouter({
    clock,
    chance,
    health,
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
    routerModels: routing,
    mostCalls: config.limits.callsPerRequest,
    stickyTtlMs: routing.stickyTtlMs,
  })
  return { offerings, health, router }
}

/**
 * Returns what a provider charges the operator for one call, in nano-USD, as if its answer were complete: whether the client is charged for it
 * does not matter here. A call with the key of an account is charged to that account.
 */
export const price = (usage: Usage, endpoint: Endpoint, at: number): number =>
  endpoint.byok === undefined ? listPrice(usage, endpoint, at) : 0

const listPrice = (usage: Usage, { pricing }: Endpoint, at: number): number =>
  priceUsage(usage, pricing, 'stop', at).total
