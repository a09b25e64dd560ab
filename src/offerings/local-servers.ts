import type { ServerChange } from '../canonical/happening.ts'
import type { CatalogEntryOverride } from '../catalog/catalog-entry.ts'
import type { Provider } from '../providers/provider.ts'
import type { ModelList } from '../upstream/probe-local-server.ts'
import type { ProviderConfig } from '../config/config.ts'
import { type Offer, offer } from './offer-providers.ts'

/** Requests the list of a server's models (`GET {baseUrl}/models`). The promise never rejects. */
export type LocalServerProbe = (server: Offer, timeoutMs: number) => Promise<ModelList>

/** A server whose models are requested: a built-in one on this machine, or a configured one. */
export interface LocalServer {
  readonly offer: Offer
  readonly configured: boolean
}

/** A server, with the list of models that it returned or the failure. */
export interface LocalServerAnswer extends LocalServer {
  readonly list: ModelList
}

/** The difference between two checks of one server. */
export interface LocalServerChange {
  readonly provider: string
  readonly address: string
  readonly change: ServerChange
}

/**
 * The time for a server that is not configured and may not be running: the start must not wait long for it. A configured server has more
 * time, because it may be across a network.
 */
const unconfiguredMs = 300
const configuredMs = 2_000

/** Returns the built-in local servers, where discovery is on, and the configured providers with `discover`. */
export function localServers(
  builtIn: readonly Provider[],
  configured: readonly ProviderConfig[],
  offers: readonly Offer[],
  discovery: boolean,
): readonly LocalServer[] {
  const local = builtIn.filter((provider) => provider.local === true && provider.variables === undefined)
  const localSlugs = new Set(local.map(({ slug }) => slug))
  const named = configured
    .filter(({ slug, discover }) => discover ?? (discovery && localSlugs.has(slug)))
    .flatMap(({ slug }) => offers.filter((known) => known.slug === slug))
    .map((known) => ({ offer: known, configured: true }))
  const taken = new Set(configured.map(({ slug }) => slug))
  const unnamed = discovery ? local.filter(({ slug }) => !taken.has(slug)) : []
  return [...named, ...unnamed.map((provider) => ({ offer: offer(provider, {}), configured: false }))]
}

/** Requests the lists of all servers at the same time. */
export const askLocalServers = (
  servers: readonly LocalServer[],
  probe: LocalServerProbe,
  { isFirst }: { readonly isFirst: boolean },
): Promise<readonly LocalServerAnswer[]> =>
  Promise.all(
    servers.map(async (server) => {
      const timeoutMs = isFirst && !server.configured ? unconfiguredMs : configuredMs
      return { ...server, list: await probe(server.offer, timeoutMs) }
    }),
  )

const free = { prompt: 0, completion: 0 }

/**
 * Returns catalogue entries for the models that the servers list. They cost nothing. A model that is already in the catalogue gets one more
 * endpoint.
 */
export function listedModels(
  answers: readonly LocalServerAnswer[],
  known: ReadonlySet<string>,
): readonly CatalogEntryOverride[] {
  const seen = new Set(known)
  return answers.flatMap(({ offer: { slug: provider }, list }) =>
    [...new Set(modelsOf(list))].map((id) => {
      const slug = id.includes('/') ? id : `${provider}/${id}`
      const output = 'outputs' in list ? list.outputs?.get(id) : undefined
      const model = {
        slug,
        extends: seen.has(slug),
        ...(output !== undefined && { outputModalities: [output] }),
        endpoints: [{ provider, model: id, pricing: free }],
      }
      seen.add(slug)
      return model
    }),
  )
}

const modelsOf = (list: ModelList): readonly string[] => ('models' in list ? list.models : [])

/** Returns the differences between two checks of the same servers. */
export function changesBetween(
  before: readonly LocalServerAnswer[],
  after: readonly LocalServerAnswer[],
): readonly LocalServerChange[] {
  return after.flatMap(({ offer: { slug, baseUrl }, list }, index): readonly LocalServerChange[] => {
    const at = { provider: slug, address: baseUrl }
    const earlier = before[index]?.list ?? { failure: '' }
    if ('failure' in list)
      return 'failure' in earlier ? [] : [{ ...at, change: { kind: 'went', reason: list.failure } }]
    if ('failure' in earlier) return [{ ...at, change: { kind: 'came', models: list.models } }]
    const added = list.models.filter((id) => !earlier.models.includes(id))
    const removed = earlier.models.filter((id) => !list.models.includes(id))
    return added.length + removed.length === 0 ? [] : [{ ...at, change: { kind: 'changed', added, removed } }]
  })
}

/** Returns why no provider serves a model of a server that lists none now; null for any other name. */
export function serverAdvice(answers: readonly LocalServerAnswer[], model: string): string | null {
  const asked = answers.find(({ offer }) => model.startsWith(`${offer.slug}/`))
  if (asked === undefined || 'models' in asked.list) return null
  return `The server ${asked.offer.slug} lists no models now: ${asked.list.failure}.`
}
