import {
  EngineFailure,
  type EngineLimits,
  type EngineRequest,
  type SearchMode,
  type WebEngines,
} from '../canonical/web-engines.ts'
import type { Config } from '../config/config.ts'
import { engines } from '../server-tools/engines/_registry.ts'
import {
  chooseResults,
  type Engine,
  type EngineSettings,
  fitQuery,
  searchPrice,
} from '../server-tools/engines/engine.ts'
import { createCallEngine } from '../upstream/call-engine.ts'
import type { createDispatcher } from '../upstream/dispatcher.ts'
import type { Clock } from '../util/clock.ts'
import { cutText } from '../util/cut-text.ts'

type Operation = 'search' | 'read'

/** Makes the search and fetch engines that the configuration names. */
export function wireEngines(dependencies: {
  readonly config: Pick<Config, 'search' | 'discovery'>
  readonly dispatcher: ReturnType<typeof createDispatcher>
  readonly clock: Clock
}): WebEngines {
  const { search: settings, discovery } = dependencies.config
  const callEngine = createCallEngine(dependencies)
  const bySlug = new Map(engines.map((engine) => [engine.slug, engine]))
  const configured = settings.map(({ slug }) => slug)

  function missing(slug: string, operation: Operation = 'search'): string | null {
    if (slug === 'auto' && configured.length === 0) return nothingConfigured
    const engine = bySlug.get(slug === 'auto' ? (configured[0] ?? '') : slug)
    if (engine === undefined)
      return `There is no engine "${cutText(slug, 100)}". There are: ${[...bySlug.keys()].join(', ')}.`
    if (operation === 'read' && engine.read === undefined) {
      return `${engine.name} reads no pages. These engines do: ${readers.join(', ')}.`
    }
    return configured.includes(engine.slug)
      ? null
      : `${engine.name} is not configured: set ${whatToSet(engine, discovery)}.`
  }

  const lookUp = (slug: string): { readonly own?: EngineSettings; readonly engine?: Engine } => {
    const own = slug === 'auto' ? settings[0] : settings.find((each) => each.slug === slug)
    return { own, engine: bySlug.get(own?.slug ?? '') }
  }
  const notConfigured = (slug: string, operation: Operation): EngineFailure =>
    new EngineFailure('not-configured', missing(slug, operation) ?? 'This engine is not configured.')

  const call = ({ name, apiKey, advice }: Engine, own: EngineSettings, request: EngineRequest, limits: EngineLimits) =>
    callEngine({ name, request, credentials: credentialsOf(apiKey, own.apiKey), advice }, limits)

  const searchFee = (own: EngineSettings, half: Engine['search'], mode: SearchMode, results: number): number =>
    own.pricePerSearch ?? searchPrice(half, mode, results)
  const pageFee = (own: EngineSettings, price: number): number => own.pricePerPage ?? price

  return {
    configured,
    missing,
    mostSearchFee(slug, query) {
      const { own, engine } = lookUp(slug)
      if (own === undefined || engine === undefined) return 0
      const { mode, maxResults } = fitQuery(query, engine.search)
      return searchFee(own, engine.search, mode, maxResults)
    },
    readFee(slug) {
      const { own, engine } = lookUp(slug)
      return own === undefined || engine?.read === undefined ? 0 : pageFee(own, engine.read.price)
    },
    async search(slug, query, limits) {
      const { own, engine } = lookUp(slug)
      if (own === undefined || engine === undefined) throw notConfigured(slug, 'search')
      const half = engine.search
      const fitted = fitQuery(query, half)
      const results = half.decode(await call(engine, own, half.encode(fitted, own.baseUrl), limits))
      if (results === null)
        throw new EngineFailure('unusable', `${engine.name} sent an answer without a list of results.`)
      const fee = searchFee(own, half, fitted.mode, results.length)
      return { engine: engine.slug, results: chooseResults(results, query), fee }
    },
    async read(slug, url, limits) {
      const { own, engine } = lookUp(slug)
      const read = engine?.read
      if (own === undefined || engine === undefined || read === undefined) throw notConfigured(slug, 'read')
      const page = read.decode(await call(engine, own, read.encode(url, own.baseUrl), limits))
      if (page === null) throw new EngineFailure('no-page', `${engine.name} could not read the page.`)
      return { engine: engine.slug, page, fee: pageFee(own, read.price) }
    },
  }
}

const readers = engines.flatMap(({ slug, read }) => (read === undefined ? [] : [slug]))

const whatToSet = ({ slug, apiKey }: Engine, discovery: boolean): string => {
  if (apiKey === null) return `search.${slug}.base_url in the configuration`
  const orVariable = discovery ? `, or the environment variable ${apiKey.variables[0]}` : ''
  return `search.${slug}.api_key in the configuration${orVariable}`
}

const nothingConfigured =
  'No search engine is configured: add one to the section "search" of the configuration, such as search.searxng.base_url or search.exa.api_key.'

const credentialsOf = (key: Engine['apiKey'], value: string | null): Readonly<Record<string, string>> =>
  key === null || value === null ? {} : { [key.header]: key.header === 'authorization' ? `Bearer ${value}` : value }
