import { buildCatalog } from '../catalog/build-catalog.ts'
import { loadEntries } from '../catalog/load-entries.ts'
import type { CatalogEntryOverride } from '../catalog/catalog-entry.ts'
import type { Catalog } from '../catalog/model.ts'
import type { Config } from '../config/config.ts'
import { lackOf, type Offer, offer, offerProviders } from './offer-providers.ts'
import type { Provider } from '../providers/provider.ts'
import { type Simulator, startSimulator } from '../simulator/simulator.ts'
import { unknownRoutedSlugs } from './unknown-routed-slugs.ts'

/** The ids of the models that a server lists, or null when none answers in time. */
export type LocalServerProbe = (baseUrl: string, timeoutMs: number) => Promise<readonly string[] | null>

export interface Offerings {
  catalog(): Catalog
  provider(slug: string): Offer | undefined
  providers(): readonly Pick<
    Offer,
    'slug' | 'name' | 'privacyPolicyUrl' | 'termsOfServiceUrl' | 'statusPageUrl' | 'headquarters' | 'datacenters'
  >[]
  /** Keeps looking for local servers that come and go. */
  watch(): void
  close(): Promise<void>
}

/** What is offered, and everything derived from it; replaced whole. */
interface Snapshot {
  readonly catalog: Catalog
  readonly offers: ReadonlyMap<string, Offer>
}

const simulatorSlug = 'waygate'
const probeMs = 300
const probeIntervalMs = 30_000
const free = { prompt: 0, completion: 0 }

/**
 * Decides which providers and models are offered: the configured ones, and with discovery those whose environment variables are
 * set, the local servers that answer, and the bundled simulator.
 */
export async function createOfferings(options: {
  readonly config: Config
  readonly builtIn: readonly Provider[]
  readonly probe: LocalServerProbe
}): Promise<Offerings> {
  const { config, builtIn, probe } = options
  const entries = loadEntries()
  const known = new Set(entries.map(({ slug }) => slug))
  const simulator = config.discovery ? await startSimulator({ quiet: true, embedded: true }) : null
  const named = new Set(config.models.flatMap((model) => model.endpoints.map(({ provider }) => provider)))
  const { discovery } = config
  const steady = offerProviders(builtIn, config.providers, config.environment, { discovery, named })
  refuseUnequipped(config, builtIn, new Set(steady.map(({ slug }) => slug)))
  const locals = config.discovery ? unconfiguredLocals(builtIn, config) : []

  const look = async (): Promise<Snapshot> => {
    const found = await Promise.all(locals.map(async (provider) => localModels(offer(provider, {}), probe, known)))
    const present = found.filter((local) => local !== null)
    const simulated = simulator === null ? [] : [simulatorOffering(builtIn, simulator)]
    const offered = [...steady, ...[...present, ...simulated].map(({ provider }) => provider)]
    const overrides = [...[...present, ...simulated].flatMap(({ models }) => models), ...config.models]
    return {
      catalog: buildCatalog({ entries, overrides, providers: offered }),
      offers: new Map(offered.map((provider) => [provider.slug, provider])),
    }
  }

  let snapshot = await look()
  for (const warning of unknownRoutedSlugs(config, entries, snapshot.catalog)) process.emitWarning(warning)
  const lookAgain = async (): Promise<void> => {
    snapshot = await look()
  }
  let timer: NodeJS.Timeout | undefined
  return {
    catalog: () => snapshot.catalog,
    provider: (slug) => snapshot.offers.get(slug),
    // Also those that lack a key here: clients choose by what providers promise.
    providers: () => [
      ...new Map([...builtIn, ...snapshot.offers.values()].map((known) => [known.slug, known])).values(),
    ],
    watch() {
      if (locals.length === 0) return
      // When looking fails, what was offered stays offered.
      timer = setInterval(() => {
        lookAgain().catch((error: unknown) => process.emitWarning(String(error)))
      }, probeIntervalMs)
      timer.unref()
    },
    async close() {
      clearInterval(timer)
      await simulator?.close()
    },
  }
}

/** An endpoint that is configured must not vanish for want of a key. */
function refuseUnequipped(config: Config, builtIn: readonly Provider[], offered: ReadonlySet<string>): void {
  for (const { slug, endpoints } of config.models) {
    const missing = endpoints.find(({ provider }) => !offered.has(provider) && provider !== simulatorSlug)
    const provider = builtIn.find((known) => known.slug === missing?.provider)
    if (provider === undefined) continue
    throw new Error(
      `${config.file ?? 'The configuration'}: models.${slug} has an endpoint at ${provider.slug}, which has no credentials. ${lackOf(provider, config.environment)}`,
    )
  }
}

interface Offering {
  readonly provider: Offer
  readonly models: readonly CatalogEntryOverride[]
}

function unconfiguredLocals(builtIn: readonly Provider[], config: Config): readonly Provider[] {
  const configured = new Set(config.providers.map(({ slug }) => slug))
  return builtIn.filter(
    ({ slug, local, variables }) => local === true && variables === undefined && !configured.has(slug),
  )
}

/** A local server's models are what it lists; nobody charges for them. One that the catalogue knows gets one endpoint more. */
async function localModels(
  provider: Offer,
  probe: LocalServerProbe,
  known: ReadonlySet<string>,
): Promise<Offering | null> {
  const ids = await probe(provider.baseUrl, probeMs)
  if (ids === null) return null
  const models = ids.map((id) => {
    const slug = id.includes('/') ? id : `${provider.slug}/${id}`
    return { slug, extends: known.has(slug), endpoints: [{ provider: provider.slug, model: id, pricing: free }] }
  })
  return { provider, models }
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
