import { isWithin } from '../../canonical/web-domains.ts'
import type { EngineRequest, ReadPage, SearchMode, SearchQuery, SearchResult } from '../../canonical/web-engines.ts'
import { cutText } from '../../util/cut-text.ts'
import { arrayOf, isObject, type JsonObject, objectOf, stringOf } from '../../util/json.ts'
import { fullMatch } from '../../util/pattern.ts'

/** The configuration of an engine that can be used. */
export interface EngineSettings {
  readonly slug: string
  /** Without a trailing slash. */
  readonly baseUrl: string
  /** Null for a server that needs none. */
  readonly apiKey: string | null
  /** What one search costs in nano-USD, whatever it brings. Null: the engine's own price. */
  readonly pricePerSearch: number | null
  /** What one page costs in nano-USD. Null: the engine's own price. */
  readonly pricePerPage: number | null
}

/** A query that suits the engine: within its limits, and in one of its modes. */
export interface EngineQuery extends SearchQuery {
  readonly mode: SearchMode
}

/**
 * A search or fetch engine: data, and functions that translate one call. It does no I/O and never has the key. Its section in the
 * configuration (`api_key`, `base_url`, prices) follows from the data.
 */
export interface Engine {
  /** OpenRouter's name for it, where it has one. */
  readonly slug: string
  readonly name: string
  /** The address before the paths of its API. Null for a server that only the operator can name. */
  readonly baseUrl: string | null
  /** Where its API key comes from and goes to. Null for a server that needs none. */
  readonly apiKey: {
    /** The environment variables that may hold it, the usual one first. */
    readonly variables: readonly string[]
    /** The header that it is sent in. In `authorization` it is a bearer token. */
    readonly header: string
  } | null
  readonly search: SearchHalf
  /** Absent for an engine that reads no pages. */
  readonly read?: ReadHalf
  /** What to do about statuses that mean something particular here: a sentence each. */
  readonly advice?: Readonly<Record<number, string>>
  /** The page that describes its API, which is the source of the shapes. */
  readonly documentation: string
  /** The page with the prices, and the day on which it was read. Null for an engine that charges nothing. */
  readonly pricing: { readonly source: string; readonly asOf: string } | null
}

interface SearchHalf {
  /** The modes that the engine distinguishes, each with the price of a search in nano-USD. */
  readonly modes: Readonly<Partial<Record<SearchMode, number>>>
  /** The mode of a query without one. */
  readonly usualMode: SearchMode
  /** What further results cost, in nano-USD for each `each` of them that are more than `after`. */
  readonly further?: { readonly after: number; readonly each: number; readonly price: number }
  readonly mostResults: number
  /** The characters of the longest query that it takes. The rest is cut off. */
  readonly longestQuery?: number
  encode(query: EngineQuery, baseUrl: string): EngineRequest
  /** Returns the results in their order; null for a body that is no answer. */
  decode(body: unknown): readonly SearchResult[] | null
}

interface ReadHalf {
  /** In nano-USD. */
  readonly price: number
  encode(url: string, baseUrl: string): EngineRequest
  /** Returns the page; null for a body that has none. */
  decode(body: unknown): ReadPage | null
}

/** Defines an engine. */
export const defineEngine = (engine: Engine): Engine => engine

/** From the least effort to the most. */
const byEffort: readonly SearchMode[] = [
  'instant',
  'turbo',
  'fast',
  'basic',
  'auto',
  'advanced',
  'deep-lite',
  'deep',
  'deep-reasoning',
]

/** Returns the mode of an engine that is nearest to the wanted one, and of two equally near modes the one with less effort. */
function nearestMode({ modes, usualMode }: SearchHalf, wanted: SearchMode | undefined): SearchMode {
  if (wanted === undefined || wanted === 'auto') return usualMode
  const distance = (mode: SearchMode): number => Math.abs(byEffort.indexOf(mode) - byEffort.indexOf(wanted))
  const own = byEffort.filter((mode) => modes[mode] !== undefined)
  return own.reduce((nearest, mode) => (distance(mode) < distance(nearest) ? mode : nearest), own[0] ?? usualMode)
}

/** Brings a query within the limits of an engine. */
export const fitQuery = (query: SearchQuery, half: SearchHalf): EngineQuery => ({
  ...query,
  query: cutText(query.query, half.longestQuery ?? query.query.length),
  maxResults: Math.min(query.maxResults, half.mostResults),
  mode: nearestMode(half, query.mode),
})

/** Keeps the results that the query wants, whether or not the engine filtered them, and as much of each. */
export function chooseResults(results: readonly SearchResult[], query: SearchQuery): readonly SearchResult[] {
  const isWanted = isWithin(query)
  return results
    .filter(({ url }) => isWanted(url))
    .slice(0, query.maxResults)
    .map((result) => ({ ...result, content: cutText(result.content, query.maxCharacters ?? result.content.length) }))
}

/** Returns what a search costs by the price list of the engine, in nano-USD. */
export function searchPrice({ modes, further }: SearchHalf, mode: SearchMode, results: number): number {
  const price = modes[mode] ?? 0
  if (further === undefined || results <= further.after) return price
  return price + Math.ceil((results - further.after) / further.each) * further.price
}

/** Returns the country of a location as two capital letters; undefined where it has none, or in another form. */
export function countryOf({ userLocation }: SearchQuery): string | undefined {
  const country = userLocation?.country ?? ''
  return fullMatch(/^[a-z]{2}$/i, country) === null ? undefined : country.toUpperCase()
}

/** Reads a list of results. Every engine calls address and title the same. Null for what is no list. */
export function readResults(
  list: unknown,
  read: (result: JsonObject) => { readonly content: string | undefined; readonly publishedAt?: string },
): readonly SearchResult[] | null {
  if (!Array.isArray(list)) return null
  return list.filter(isObject).flatMap((result) => {
    const url = stringOf(result['url'])
    if (url === undefined) return []
    const { content = '', publishedAt } = read(result)
    return { url, title: stringOf(result['title']) || url, content, publishedAt }
  })
}

/** Joins the excerpts of a page; undefined where there are none. */
export const joinExcerpts = (excerpts: unknown): string | undefined =>
  arrayOf(excerpts)
    .filter((excerpt) => typeof excerpt === 'string')
    .join('\n\n') || undefined

/** Makes a page. Null where it has no address or no content. */
export function toPage(url: unknown, title: unknown, content: string | undefined): ReadPage | null {
  if (typeof url !== 'string' || !content) return null
  return { url, title: stringOf(title) || url, content }
}

/** Returns the first item of a list, for engines that read several pages at once. */
export const firstOf = (list: unknown): JsonObject => objectOf(arrayOf(list)[0]) ?? {}
