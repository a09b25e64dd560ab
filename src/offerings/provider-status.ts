import type { Catalog } from '../catalog/model.ts'
import type { Config, ProviderConfig } from '../config/config.ts'
import type { Provider } from '../providers/provider.ts'
import { adviceFor } from './credentials-advice.ts'
import type { LocalServerAnswer } from './local-servers.ts'
import { lackingVariables, type Offer } from './offer-providers.ts'

/** The state of a provider and the reason for it, in words for the operator. */
export interface ProviderStatus {
  readonly slug: string
  /**
   * `no-credentials`: it is configured, but lacks credentials. `unset`: it would be discovered if its variables were set. `unreachable`: it
   * did not list its models.
   */
  readonly state: 'offered' | 'unreachable' | 'no-credentials' | 'unset'
  /** Whether the configuration names it, under `providers` or at an endpoint. */
  readonly configured: boolean
  /** Whether it is a server whose models are requested. */
  readonly queried: boolean
  /** Why it is offered, or what it lacks. */
  readonly reason: string
  /** The number of models that it serves here. */
  readonly models: number
}

interface Situation {
  readonly config: Config
  readonly builtIn: readonly Provider[]
  readonly offers: ReadonlyMap<string, Offer>
  readonly answers: readonly LocalServerAnswer[]
  readonly catalog: Catalog
}

/** Returns the state of all providers that are offered, built in or configured. */
export function providerStatuses({ config, builtIn, offers, answers, catalog }: Situation): readonly ProviderStatus[] {
  const byProvider = new Map<string, number>()
  for (const { endpoints } of catalog.models.values()) {
    for (const slug of new Set(endpoints.map(({ provider }) => provider))) {
      byProvider.set(slug, (byProvider.get(slug) ?? 0) + 1)
    }
  }
  const configured = new Map(config.providers.map((provider) => [provider.slug, provider]))
  const named = new Set([
    ...configured.keys(),
    ...config.models.flatMap(({ endpoints }) => endpoints.map(({ provider }) => provider)),
  ])
  const answerOf = new Map(answers.map((answer) => [answer.offer.slug, answer]))
  const hosts = new Map(builtIn.map((provider) => [provider.slug, provider]))

  const status = (slug: string): ProviderStatus | null => {
    const host = hosts.get(slug)
    const answer = answerOf.get(slug)
    const given = configured.get(slug)
    const common = {
      slug,
      configured: named.has(slug),
      queried: answer !== undefined,
      models: byProvider.get(slug) ?? 0,
    }
    if (answer !== undefined) {
      const { list, offer } = answer
      return 'failure' in list
        ? { ...common, state: 'unreachable', reason: `${list.failure} (${offer.baseUrl}/models)` }
        : { ...common, state: 'offered', reason: `answers at ${offer.baseUrl}` }
    }
    const lacking = lackingVariables(host, config.environment, given)
    if (offers.has(slug)) return { ...common, state: 'offered', reason: reasonOf(host, given, config) }
    if (lacking.length === 0) return null
    if (given === undefined) return { ...common, state: 'unset', reason: lacking.join(' and ') }
    return { ...common, state: 'no-credentials', reason: `has no credentials. ${adviceFor(slug, lacking)}` }
  }
  const slugs = new Set([...configured.keys(), ...offers.keys(), ...answerOf.keys(), ...hosts.keys()])
  return [...slugs].map(status).filter((known) => known !== null)
}

function reasonOf(host: Provider | undefined, given: ProviderConfig | undefined, { environment }: Config): string {
  const { apiKeyVariables = [], credentialVariables = [], variables = [], local } = host ?? {}
  if (given === undefined && local === true)
    return variables.length > 0 ? 'is the bundled simulator' : 'is named by a model'
  const set = [...apiKeyVariables, ...credentialVariables.flat(), ...variables].filter((name) => name in environment)
  const setVariables = `${set.join(' and ')} ${set.length === 1 ? 'is' : 'are'} set`
  if (given === undefined) return setVariables
  if (given.apiKeys.length > 0) return 'is configured'
  if (set.length > 0) return `is configured, and ${setVariables}`
  return apiKeyVariables.length > 0 ? 'is configured, without a key' : 'is configured'
}
