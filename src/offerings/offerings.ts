import { buildCatalog } from '../catalog/build-catalog.ts'
import type { CatalogEntry, CatalogEntryOverride } from '../catalog/catalog-entry.ts'
import type { ByokKey } from '../canonical/byok-key.ts'
import type { Caller } from '../canonical/principal.ts'
import type { Catalog } from '../catalog/model.ts'
import type { ListedProvider } from '../catalog/offered-provider.ts'
import type { Config } from '../config/config.ts'
import { type Candidate, type CredentialReference, operator } from '../health/candidate.ts'
import type { Provider } from '../providers/provider.ts'
import type { Simulator } from '../simulator/simulator.ts'
import type { UpstreamProvider } from '../upstream/upstream-provider.ts'
import { accountCatalogs } from './account-catalogs.ts'
import type { BundledSimulator } from './bundled-simulator.ts'
import { createByokOffers, type OwnKeys } from './byok-offers.ts'
import { referenceTo } from './gateway-credentials.ts'
import { modelAdvice, refuseMissingCredentials } from './credentials-advice.ts'
import {
  askLocalServers,
  changesBetween,
  listedModels,
  type LocalServerAnswer,
  type LocalServerChange,
  type LocalServerProbe,
  localServers,
  serverAdvice,
} from './local-servers.ts'
import { type Offer, offer, offerProviders } from './offer-providers.ts'
import type { KeyedProviders } from './read-byok-key.ts'
import { type ProviderStatus, providerStatuses } from './provider-status.ts'
import { unknownRoutedSlugs } from './unknown-routed-slugs.ts'

export type { LocalServerChange, ProviderStatus }

export interface Offerings {
  /**
   * Returns what is offered to an account: what is offered to all, and the models of the providers for which only this account has a key.
   * @param account Undefined for a caller without a key.
   */
  catalog(account?: string): Catalog
  provider(slug: string): Offer | undefined
  /** Returns the provider of a candidate as it is called: with the gateway's own credentials, or with the key of an account. */
  providerOf(candidate: Candidate): UpstreamProvider | undefined
  /** Returns the gateway's credentials of a provider in the order in which they are tried; none where only accounts have keys for it. */
  credentials(provider: string): readonly CredentialReference[]
  /** Returns the keys that a caller may use of those that its account brought; null where it brought none. */
  ownKeys(caller: Caller): OwnKeys | null
  providers(): readonly ListedProvider[]
  /** Returns which providers are offered and why, and what the others lack. */
  statuses(): readonly ProviderStatus[]
  /** Returns why a model of the catalogue, or of a local server, is not served here, and what to set; null for any other name. */
  adviceFor(model: string): string | null
  /** Checks regularly for local servers that start, stop or list other models. */
  watch(onChange: (change: LocalServerChange) => void): void
  /** Ends these checks. What was offered last stays readable. */
  close(): void
}

/** What is offered, and everything that is derived from it. It is replaced as a whole. */
interface Snapshot {
  readonly catalog: Catalog
  /** The catalogue with the models of these providers besides. */
  readonly catalogWith: (providers: readonly string[]) => Catalog
  readonly offers: ReadonlyMap<string, Offer>
  /** The credentials by provider. Routing reads them for each endpoint of each request. */
  readonly credentials: ReadonlyMap<string, readonly CredentialReference[]>
  readonly answers: readonly LocalServerAnswer[]
}

const noCredentials: readonly CredentialReference[] = []
const simulatorSlug = 'waygate'
const free = { prompt: 0, completion: 0 }
const probeIntervalMs = 30_000

/**
 * Decides which providers and models are offered: the configured ones, and with discovery those whose environment variables are set, the
 * local servers that answer, and the bundled simulator.
 * @throws Error when a configured endpoint is at a provider that lacks credentials, or the catalogue cannot be built.
 */
export async function createOfferings(options: {
  readonly config: Config
  /** The bundled catalogue. */
  readonly entries: readonly CatalogEntry[]
  readonly builtIn: readonly Provider[]
  readonly simulator: Pick<BundledSimulator, 'start'>
  /** Whether the gateway is starting, and must not wait long for servers that may not run. */
  readonly isStart: boolean
  readonly probe: LocalServerProbe
  readonly keyed: KeyedProviders
  /** Lists the enabled keys that an account brought for providers. */
  readonly keysOf: (account: string) => readonly ByokKey[]
}): Promise<Offerings> {
  const { config, entries, builtIn, probe, isStart } = options
  const byok = createByokOffers(options.keyed, options.keysOf)
  const { discovery, bareNames } = config
  const known = new Set(entries.map(({ slug }) => slug))
  const named = new Set(config.models.flatMap((model) => model.endpoints.map(({ provider }) => provider)))
  const steady = offerProviders(builtIn, config.providers, config.environment, { discovery, named })
  refuseMissingCredentials(config, builtIn, new Set(steady.map(({ slug }) => slug)))
  const servers = localServers(builtIn, config.providers, steady, discovery)
  const simulator = discovery ? await options.simulator.start() : null
  const simulated = simulator === null ? [] : [simulatorOffering(builtIn, simulator)]

  const offered = (answers: readonly LocalServerAnswer[]): Snapshot => {
    const present = answers.filter(({ list }) => 'models' in list).map(({ offer }) => offer)
    const offers = [...steady, ...present, ...simulated.map(({ provider }) => provider)]
    const overrides = [...listedModels(answers, known), ...simulated.flatMap(({ models }) => models), ...config.models]
    const catalogWith = (slugs: readonly string[]): Catalog =>
      buildCatalog({ entries, overrides, providers: [...offers, ...slugs.map(byok.offer)], bareNames })
    return {
      catalog: catalogWith([]),
      catalogWith: accountCatalogs(catalogWith),
      offers: new Map(offers.map((provider) => [provider.slug, provider])),
      credentials: new Map(
        offers.map(({ slug, credentials }) => [slug, credentials.map(({ reference }) => reference)]),
      ),
      answers,
    }
  }

  let snapshot = offered(await askLocalServers(servers, probe, { isFirst: isStart }))
  for (const warning of unknownRoutedSlugs(config, entries, snapshot.catalog)) process.emitWarning(warning)
  const lookAgain = async (onChange: (change: LocalServerChange) => void): Promise<void> => {
    const answers = await askLocalServers(servers, probe, { isFirst: false })
    if (isClosed) return
    const changes = changesBetween(snapshot.answers, answers)
    // Data about the health of endpoints belongs to a catalogue. Where nothing changed, the old catalogue stays.
    snapshot = changes.length > 0 ? offered(answers) : { ...snapshot, answers }
    changes.forEach(onChange)
  }
  const advice = modelAdvice(config, builtIn, entries)
  const isServer = (slug: string): boolean => servers.some((server) => server.offer.slug === slug)
  let timer: NodeJS.Timeout | undefined
  let isClosed = false
  return {
    catalog(account) {
      const own = account === undefined ? [] : byok.providersOf(account)
      const more = own.length === 0 ? own : own.filter((slug) => !snapshot.offers.has(slug))
      return more.length === 0 ? snapshot.catalog : snapshot.catalogWith(more)
    },
    provider: (slug) => snapshot.offers.get(slug),
    providerOf: (candidate) =>
      candidate.credential.owner === operator
        ? snapshot.offers.get(candidate.credential.provider)
        : byok.provider(candidate),
    credentials: (slug) =>
      // A request that chose its models before a local server stopped fails at its call.
      snapshot.credentials.get(slug) ?? (isServer(slug) ? [referenceTo(slug, undefined)] : noCredentials),
    ownKeys: (caller) => byok.ownKeys(caller),
    // This includes providers that lack a key here, because clients choose providers by their published policies.
    providers: () => [
      ...new Map([...builtIn, ...snapshot.offers.values()].map((known) => [known.slug, known])).values(),
    ],
    statuses: () => providerStatuses({ config, builtIn, ...snapshot }),
    adviceFor: (model) => advice(model) ?? serverAdvice(snapshot.answers, model),
    watch(onChange) {
      if (servers.length === 0) return
      // When a check fails, the offers stay as they were.
      timer = setInterval(() => {
        lookAgain(onChange).catch((error: unknown) => process.emitWarning(String(error)))
      }, probeIntervalMs)
      timer.unref()
    },
    close() {
      isClosed = true
      clearInterval(timer)
    },
  }
}

interface Offering {
  readonly provider: Offer
  readonly models: readonly CatalogEntryOverride[]
}

function simulatorOffering(builtIn: readonly Provider[], simulator: Simulator): Offering {
  const provider = builtIn.find(({ slug }) => slug === simulatorSlug)
  if (provider === undefined) throw new Error(`There is no provider file ${simulatorSlug}.ts.`)
  return {
    provider: offer(provider, { WAYGATE_SIMULATOR_PORT: String(simulator.port) }),
    models: [
      {
        slug: 'waygate/simulator',
        name: 'Waygate Simulator',
        extends: false,
        endpoints: [{ provider: simulatorSlug, model: 'steady', pricing: free }],
      },
      {
        slug: 'waygate/simulator-embeddings',
        name: 'Waygate Simulator Embeddings',
        extends: false,
        inputModalities: ['text', 'image'],
        outputModalities: ['embeddings'],
        endpoints: [{ provider: simulatorSlug, model: 'steady', pricing: free }],
      },
      {
        slug: 'waygate/simulator-rerank',
        name: 'Waygate Simulator Rerank',
        extends: false,
        outputModalities: ['rerank'],
        endpoints: [{ provider: simulatorSlug, model: 'steady', pricing: free }],
      },
      {
        slug: 'waygate/simulator-images',
        name: 'Waygate Simulator Images',
        extends: false,
        inputModalities: ['text', 'image'],
        outputModalities: ['image'],
        endpoints: [{ provider: simulatorSlug, model: 'steady', operations: ['images'], pricing: free }],
      },
      {
        slug: 'waygate/simulator-speech',
        name: 'Waygate Simulator Speech',
        extends: false,
        inputModalities: ['text'],
        outputModalities: ['speech'],
        endpoints: [{ provider: simulatorSlug, model: 'steady', operations: ['speech'], pricing: free }],
      },
      {
        slug: 'waygate/simulator-transcription',
        name: 'Waygate Simulator Transcription',
        extends: false,
        inputModalities: ['audio'],
        outputModalities: ['transcription'],
        endpoints: [{ provider: simulatorSlug, model: 'steady', operations: ['transcription'], pricing: free }],
      },
    ],
  }
}
