import type { Happenings } from '../canonical/happening.ts'
import type { Usage } from '../canonical/usage.ts'
import type { Endpoint } from '../catalog/endpoint.ts'
import type { Config } from '../config/config.ts'
import type { CredentialReference } from '../health/candidate.ts'
import { createEndpointHealth } from '../health/create-endpoint-health.ts'
import { priceUsage } from '../ledger/price-usage.ts'
import { variableNames } from '../offerings/offer-providers.ts'
import { createOfferings } from '../offerings/offerings.ts'
import { providers } from '../providers/_registry.ts'
import { createRouter } from '../router/create-router.ts'
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
}) {
  const { config, clock, chance, dispatcher, happenings, opened } = dependencies
  const { routing } = config
  const offerings = await createOfferings({
    config,
    builtIn: providers,
    probe: (provider, timeoutMs) => probeLocalServer({ dispatcher, clock }, provider, timeoutMs),
  })
  opened.add(() => offerings.close())
  const placeOf = ({ provider, id }: CredentialReference): number =>
    offerings.credentials(provider).findIndex((credential) => credential.id === id) + 1
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
    price,
    catalog: offerings.catalog,
    credentials: offerings.credentials,
    defaultModel: config.defaultModel,
    adviceFor: offerings.adviceFor,
    routerModels: routing,
    mostCalls: config.limits.callsPerRequest,
    stickyTtlMs: routing.stickyTtlMs,
  })
  return { offerings, health, router }
}

/** Prices one call in nano-USD, as if its answer were complete: whether the client is charged for it does not matter here. */
export const price = (usage: Usage, { pricing }: Endpoint, at: number): number =>
  priceUsage(usage, pricing, 'stop', at).total
