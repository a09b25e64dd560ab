import { type Static, Type } from 'typebox'
import type { FeatureContext } from '../canonical/feature-context.ts'
import type { NativeTool } from '../canonical/native-tool.ts'
import { dataNotice, reasonOf, searchWeb, someHave, unusable } from '../canonical/search-web.ts'
import {
  domains,
  Domains,
  engineNames,
  MaxSearchResults,
  SearchContextSize,
  userLocation,
  UserLocationSchema,
  WebSearchMode,
  xSearch,
  XSearchSchema,
} from '../canonical/settings/web-search.ts'
import { stringOf } from '../util/json.ts'
import { nullish } from '../util/nullish.ts'
import { defineServerTool, type ToolOutcome } from './server-tool.ts'

const parameters = {
  engine: nullish(
    Type.Enum(['auto', 'native', ...engineNames], {
      description: '`native`: only the search of the provider. `auto`: that, or else the configured engine.',
    }),
  ),
  mode: nullish(WebSearchMode),
  max_results: nullish(MaxSearchResults),
  max_total_results: nullish(
    Type.Integer({ minimum: 1, description: 'Results of all searches together; 50 when absent.' }),
  ),
  max_uses: nullish(Type.Integer({ minimum: 1, description: 'Searches of one request.' })),
  search_context_size: nullish(SearchContextSize),
  max_characters: nullish(
    Type.Integer({
      minimum: 1,
      maximum: 100_000,
      description: 'Characters of each result. Wins over `search_context_size`.',
    }),
  ),
  allowed_domains: nullish(Domains),
  excluded_domains: nullish(Domains),
  user_location: nullish(UserLocationSchema),
  x_search: nullish(XSearchSchema),
}
const Parameters = Type.Object(parameters)
type Parameters = Static<typeof Parameters>

const usualResults = 5
const usualTotal = 50
/** The characters of each result, by `search_context_size`. */
const characters = { low: 1_000, medium: 4_000, high: 12_000 }
const longestQuery = 2_000

/** Searches the web when the model asks for it (contract §1.4). */
export default defineServerTool({
  type: 'openrouter:web_search',
  aliases: ['web_search', 'web_search_preview', 'web_search_preview_2025_03_11', 'web_search_2025_08_26'],
  title: 'WebSearchTool',
  description: 'The model may search the web.',
  parameters,
  open(parameters, context) {
    const engine = usableEngine(parameters, context)
    let uses = 0
    let total = 0
    return {
      function: {
        type: 'function',
        name: 'web_search',
        description: 'Searches the web, and returns pages with their contents. Cite what you use as Markdown links.',
        parameters: {
          type: 'object',
          properties: { query: { type: 'string', description: 'What to search for.' } },
          required: ['query'],
          additionalProperties: false,
        },
        ...(!parameters.engine || parameters.engine === 'auto' || parameters.engine === 'native'
          ? { native: nativeSearch(parameters) }
          : {}),
      },
      async run(given, { signal }) {
        const query = stringOf(given['query'])?.trim().slice(0, longestQuery)
        if (!query) return failed('The argument "query" is missing.')
        if (engine === null) return failed('This endpoint cannot search the web.')
        // Calls of one turn run side by side: they are counted before they begin.
        if (parameters.max_uses && uses >= parameters.max_uses) return failed('The limit of searches is reached.')
        const left = (parameters.max_total_results ?? usualTotal) - total
        if (left <= 0) return failed('The limit of results is reached.')
        const maxResults = Math.min(parameters.max_results ?? usualResults, left)
        uses++
        total += maxResults
        const outcome = await search(engine, query, maxResults, parameters, context, signal)
        total -= maxResults - (outcome.sources?.length ?? 0)
        return outcome
      },
    }
  },
})

/**
 * Returns the engine of the gateway; null where only endpoints with a search of their own can search.
 * @throws GatewayError 400 where nothing can search.
 */
function usableEngine(parameters: Parameters, { web, choices }: FeatureContext): string | null {
  const { engine } = parameters
  const isNative = someHave(choices, nativeSearch(parameters))
  if (engine === 'native') {
    if (isNative) return null
    throw unusable(
      'tools',
      'No endpoint of the requested models has a web search of its own that can do this. Choose another engine.',
    )
  }
  const missing = web.missing(engine ?? 'auto', 'search')
  if (missing === null) return engine ?? 'auto'
  if (isNative && (!engine || engine === 'auto')) return null
  throw unusable('tools', missing)
}

const nativeSearch = (parameters: Parameters): NativeTool => ({
  name: 'web_search',
  maxUses: parameters.max_uses ?? undefined,
  maxResults: parameters.max_results ?? undefined,
  contextSize: parameters.search_context_size ?? undefined,
  allowedDomains: domains(parameters.allowed_domains),
  excludedDomains: domains(parameters.excluded_domains),
  userLocation: userLocation(parameters.user_location),
  xSearch: xSearch(parameters.x_search),
})

async function search(
  engine: string,
  query: string,
  maxResults: number,
  parameters: Parameters,
  context: FeatureContext,
  signal: AbortSignal,
): Promise<ToolOutcome> {
  try {
    const { results } = await searchWeb(
      context,
      'openrouter:web_search',
      engine,
      {
        query,
        maxResults,
        mode: parameters.mode ?? undefined,
        maxCharacters: parameters.max_characters ?? characters[parameters.search_context_size ?? 'medium'],
        allowedDomains: domains(parameters.allowed_domains),
        excludedDomains: domains(parameters.excluded_domains),
        userLocation: userLocation(parameters.user_location),
      },
      signal,
    )
    return {
      status: 'completed',
      result: {
        status: 'completed',
        notice: dataNotice,
        results: results.map(({ url, title, content, publishedAt }) => ({
          url,
          title,
          content,
          ...(publishedAt !== undefined && { published_at: publishedAt }),
        })),
      },
      sources: results.map(({ url, title, content }) => ({ url, title, content })),
    }
  } catch (error) {
    signal.throwIfAborted()
    return failed(reasonOf(error))
  }
}

const failed = (error: string): ToolOutcome => ({ status: 'failed', result: { status: 'failed', error } })
