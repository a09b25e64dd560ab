import { buildCatalog } from '../catalog/build-catalog.ts'
import { loadEntries } from '../catalog/load-entries.ts'
import type { CatalogEntryOverride } from '../catalog/catalog-entry.ts'
import type { Catalog } from '../catalog/model.ts'
import type { ListedProvider } from '../catalog/offered-provider.ts'
import type { Config } from '../config/config.ts'
import type { CredentialReference } from '../health/candidate.ts'
import type { Provider } from '../providers/provider.ts'
import { type Simulator, startSimulator } from '../simulator/simulator.ts'
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
import { type ProviderStatus, providerStatuses } from './provider-status.ts'
import { unknownRoutedSlugs } from './unknown-routed-slugs.ts'

export type { LocalServerChange, ProviderStatus }

export interface Offerings {
  catalog(): Catalog
  provider(slug: string): Offer | undefined
  /** Returns the credentials of a provider, at least one, in the order in which they are tried. */
  credentials(provider: string): readonly CredentialReference[]
  providers(): readonly ListedProvider[]
  /** Returns which providers are offered and why, and what the others lack. */
  statuses(): readonly ProviderStatus[]
  /** Returns why a model of the catalogue, or of a local server, is not served here, and what to set; null for any other name. */
  adviceFor(model: string): string | null
  /** Checks regularly for local servers that start, stop or list other models. */
  watch(onChange: (change: LocalServerChange) => void): void
  close(): Promise<void>
}

/** What is offered, and everything that is derived from it. It is replaced as a whole. */
interface Snapshot {
  readonly catalog: Catalog
  readonly offers: ReadonlyMap<string, Offer>
  /** The credentials by provider. Routing reads them for each endpoint of each request. */
  readonly credentials: ReadonlyMap<string, readonly CredentialReference[]>
  readonly answers: readonly LocalServerAnswer[]
}

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
  readonly builtIn: readonly Provider[]
  readonly probe: LocalServerProbe
}): Promise<Offerings> {
  const { config, builtIn, probe } = options
  const { discovery, bareNames } = config
  const entries = loadEntries()
  const known = new Set(entries.map(({ slug }) => slug))
  const named = new Set(config.models.flatMap((model) => model.endpoints.map(({ provider }) => provider)))
  const steady = offerProviders(builtIn, config.providers, config.environment, { discovery, named })
  refuseMissingCredentials(config, builtIn, new Set(steady.map(({ slug }) => slug)))
  const servers = localServers(builtIn, config.providers, steady, discovery)
  const simulator = discovery ? await startSimulator({ quiet: true, embedded: true }) : null
  const simulated = simulator === null ? [] : [simulatorOffering(builtIn, simulator)]

  const offered = (answers: readonly LocalServerAnswer[]): Snapshot => {
    const present = answers.filter(({ list }) => 'models' in list).map(({ offer }) => offer)
    const offers = [...steady, ...present, ...simulated.map(({ provider }) => provider)]
    const overrides = [...listedModels(answers, known), ...simulated.flatMap(({ models }) => models), ...config.models]
    return {
      catalog: buildCatalog({ entries, overrides, providers: offers, bareNames }),
      offers: new Map(offers.map((provider) => [provider.slug, provider])),
      credentials: new Map(
        offers.map(({ slug, credentials }) => [slug, credentials.map(({ reference }) => reference)]),
      ),
      answers,
    }
  }

  const firstLook = askLocalServers(servers, probe, { isFirst: true }).then(offered)
  let snapshot = await firstLook.catch(async (error: unknown) => {
    await simulator?.close()
    throw error
  })
  for (const warning of unknownRoutedSlugs(config, entries, snapshot.catalog)) process.emitWarning(warning)
  const lookAgain = async (onChange: (change: LocalServerChange) => void): Promise<void> => {
    const answers = await askLocalServers(servers, probe, { isFirst: false })
    const changes = changesBetween(snapshot.answers, answers)
    // Data about the health of endpoints belongs to a catalogue. Where nothing changed, the old catalogue stays.
    snapshot = changes.length > 0 ? offered(answers) : { ...snapshot, answers }
    changes.forEach(onChange)
  }
  const advice = modelAdvice(config, builtIn, entries)
  let timer: NodeJS.Timeout | undefined
  return {
    catalog: () => snapshot.catalog,
    provider: (slug) => snapshot.offers.get(slug),
    // A request that chose its models before a local server stopped fails at its call.
    credentials: (slug) => snapshot.credentials.get(slug) ?? [referenceTo(slug, undefined)],
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
    async close() {
      clearInterval(timer)
      await simulator?.close()
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
    ],
  }
}
