import { type Static, Type } from 'typebox'
import { CitationFinder, withCitations } from '../canonical/cite-sources.ts'
import { GatewayError } from '../canonical/errors.ts'
import type { FeatureContext } from '../canonical/feature-context.ts'
import { fenced } from '../canonical/fenced.ts'
import type { TextRequest } from '../canonical/generation-request.ts'
import type { NativeTool } from '../canonical/native-tool.ts'
import { toolsAt } from '../canonical/native-tool-for.ts'
import type { OfferedEndpoint } from '../canonical/offered-model.ts'
import { allHave, asRequest, dataNotice, reasonOf, searchWeb, someHave, unusable } from '../canonical/search-web.ts'
import {
  domains,
  Domains,
  engineNames,
  MaxSearchResults,
  userLocation,
  UserLocationSchema,
  WebSearchMode,
  xSearch,
  XSearchSchema,
} from '../canonical/settings/web-search.ts'
import { EngineFailure, type SearchAnswer } from '../canonical/web-engines.ts'
import { beforeLastQuestion, lastQuestion } from '../canonical/last-question.ts'
import { nullish } from '../util/nullish.ts'
import { definePlugin } from './plugin.ts'

const settings = {
  engine: nullish(
    Type.Enum(['native', ...engineNames], {
      description:
        '`native`: the search of the provider. Absent: the provider’s, where every model of the request has it, else the configured engine.',
    }),
  ),
  mode: nullish(WebSearchMode),
  max_results: nullish(MaxSearchResults),
  max_uses: nullish(Type.Integer({ minimum: 1, description: 'Searches of the provider, where it searches itself.' })),
  search_prompt: nullish(Type.String({ description: 'What introduces the results to the model.' })),
  include_domains: nullish(Domains),
  exclude_domains: nullish(Domains),
  user_location: nullish(UserLocationSchema),
  x_search: nullish(XSearchSchema),
}
const Settings = Type.Object(settings)
type Settings = Static<typeof Settings>

const usualResults = 5

/** Searches the web once, before the model is asked (contract §1.3). */
export default definePlugin({
  id: 'web',
  order: 30,
  title: 'WebPlugin',
  description: 'Searches the web before the model answers.',
  settings,
  start(settings) {
    const citations = new CitationFinder()
    let isNativeOnly = false
    return {
      async onRequest(request, context) {
        const question = lastQuestion(request)
        if (question === null) return request
        const engine = chooseEngine(settings, context)
        if (engine === 'native') {
          isNativeOnly = settings.engine === 'native'
          return withNativeSearch(request, settings)
        }
        const answer = await search(engine, question, settings, context)
        citations.addSources(answer.results)
        return withResults(request, answer, settings, context.clock.now())
      },
      onCandidates: (candidates, request) => (isNativeOnly ? searching(candidates, request) : candidates),
      onEvents: (events) => withCitations(events, citations),
    }
  },
})

/**
 * Returns the engine to search with, or `native`. A search in the posts of X is there only where the provider searches.
 * @throws GatewayError 400 that names the setting of an engine that is not configured.
 */
function chooseEngine(settings: Settings, { choices, web }: FeatureContext): string {
  const { engine } = settings
  const native = nativeSearch(settings)
  if (engine === 'native') {
    if (someHave(choices, native)) return engine
    throw unusable(
      'plugins',
      'No endpoint of the requested models has a web search of its own that can do this. Choose another engine.',
    )
  }
  if (!engine && allHave(choices, native)) return 'native'
  const missing = web.missing(engine ?? 'auto', 'search')
  if (missing === null) return engine ?? 'auto'
  if (!engine && someHave(choices, native)) return 'native'
  throw unusable('plugins', missing)
}

const nativeSearch = (settings: Settings): NativeTool => ({
  name: 'web_search',
  maxUses: settings.max_uses ?? undefined,
  maxResults: settings.max_results ?? undefined,
  allowedDomains: domains(settings.include_domains),
  excludedDomains: domains(settings.exclude_domains),
  userLocation: userLocation(settings.user_location),
  xSearch: xSearch(settings.x_search),
})

function withNativeSearch(request: TextRequest, settings: Settings): TextRequest {
  if (request.operation !== 'chat') return request
  const tools = [...(request.parameters.tools ?? []), asRequest(nativeSearch(settings))]
  return { ...request, parameters: { ...request.parameters, tools } }
}

/**
 * Keeps the candidates that can search beside the other tools of the request. Where no tool may be used, all stay.
 * @throws GatewayError 404 where no candidate searches.
 */
function searching<Candidate extends { readonly endpoint: OfferedEndpoint }>(
  candidates: readonly Candidate[],
  { parameters }: TextRequest,
): readonly Candidate[] {
  if (parameters.toolChoice === 'none') return candidates
  const able = candidates.filter(({ endpoint }) =>
    toolsAt(parameters, endpoint).native.some(({ tool }) => tool.name === 'web_search'),
  )
  if (able.length > 0) return able
  throw new GatewayError('not_found', 'No endpoint that can serve this request has a web search of its own.')
}

/** @throws GatewayError 502 where the engine fails: an answer without the search that was asked for would mislead. */
async function search(
  engine: string,
  query: string,
  settings: Settings,
  context: FeatureContext,
): Promise<SearchAnswer> {
  const { generation } = context
  try {
    const answer = await searchWeb(
      context,
      'web',
      engine,
      {
        query,
        maxResults: settings.max_results ?? usualResults,
        mode: settings.mode ?? undefined,
        allowedDomains: domains(settings.include_domains),
        excludedDomains: domains(settings.exclude_domains),
        userLocation: userLocation(settings.user_location),
      },
      generation.signal,
    )
    generation.pipeline.push({
      type: 'plugin',
      name: 'web-search',
      summary: `${answer.results.length} results from ${answer.engine}`,
      cost: answer.fee,
      data: { engine: answer.engine, results: answer.results.length },
    })
    return answer
  } catch (error) {
    if (error instanceof GatewayError) throw error
    const raw = error instanceof EngineFailure ? error.said : undefined
    throw new GatewayError('provider_unavailable', `The web search failed. ${reasonOf(error)}`, { raw })
  }
}

function withResults(
  request: TextRequest,
  { results }: SearchAnswer,
  { search_prompt: prompt }: Settings,
  now: number,
): TextRequest {
  const introduction = prompt ?? `A web search was made on ${new Date(now).toISOString()}. ${usualPrompt}`
  const found = results.map(({ url, title, content }) => ({ url, title, text: content }))
  const pages = found.length === 0 ? 'The search found nothing.' : fenced('search_result', found)
  return beforeLastQuestion(request, `${introduction}\n${dataNotice}\n\n${pages}`)
}

const usualPrompt =
  'Use the results in your answer, and cite them as Markdown links that are named by the domain of the source, such as [example.com](https://example.com/page).'
