import type { Answer, Choice } from '../../answer.ts'
import { asArray, isObject, type JsonObject } from '../../json.ts'
import { InvalidRequest } from '../../parsed-request.ts'

const mostDomains = 20

/**
 * Returns the tools of the provider's own that a chat uses: OpenAI's search models and Perplexity's by a field, or without one, OpenRouter's
 * as entries of `tools`.
 * @throws InvalidRequest
 */
export function nativeNames(body: JsonObject, path: string): readonly ('web_search' | 'web_fetch')[] {
  const filter = body['search_domain_filter']
  if (filter !== undefined && (!Array.isArray(filter) || filter.length > mostDomains)) {
    throw new InvalidRequest(`search_domain_filter must be a list of at most ${mostDomains} domains.`)
  }
  const types = asArray(body['tools']).map((tool) => isObject(tool) && tool['type'])
  const searches = isPerplexity(path) || 'web_search_options' in body || types.includes('openrouter:web_search')
  return [
    ...(searches ? (['web_search'] as const) : []),
    ...(types.includes('openrouter:web_fetch') ? (['web_fetch'] as const) : []),
  ]
}

export const isPerplexity = (path: string): boolean => path.startsWith('/perplexity/')

/** Returns the sources of an answer as Perplexity lists them, beside the choices. */
export function listedSources(answer: Answer): JsonObject {
  const cited = answer.choices[0]?.pieces.filter((piece) => piece.type === 'citation') ?? []
  return {
    citations: cited.map(({ url }) => url),
    search_results: cited.map(({ url, title }) => ({ url, title, date: null })),
  }
}

export const withoutCitations = (answer: Answer): Answer => ({
  ...answer,
  choices: answer.choices.map((choice): Choice => {
    return { ...choice, pieces: choice.pieces.filter(({ type }) => type !== 'citation') }
  }),
})

/** Returns what OpenRouter counts of its server tools. */
export const toolUse = ({ usage }: Answer, body: JsonObject): JsonObject =>
  usage.searches > 0 && Array.isArray(body['tools'])
    ? { server_tool_use_details: { web_search_requests: usage.searches } }
    : {}
