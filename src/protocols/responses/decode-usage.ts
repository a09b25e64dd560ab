import type { Usage } from '../../canonical/usage.ts'
import { arrayOf, isObject, type JsonObject, objectOf, tokensOf } from '../../util/json.ts'

/** Decodes the `usage` of a response, which is null until the response is over, and the searches that are counted beside it. */
export function decodeUsage(response: JsonObject): Usage {
  const usage = objectOf(response['usage'])
  const input = objectOf(usage?.['input_tokens_details'])
  const output = objectOf(usage?.['output_tokens_details'])
  return {
    promptTokens: tokensOf(usage?.['input_tokens']),
    completionTokens: tokensOf(usage?.['output_tokens']),
    cachedTokens: tokensOf(input?.['cached_tokens']),
    cacheWriteTokens: tokensOf(input?.['cache_write_tokens']),
    reasoningTokens: tokensOf(output?.['reasoning_tokens']),
    webSearchRequests: countSearches(response, usage),
  }
}

/**
 * The searches that are billed. OpenAI counts them beside the usage, xAI inside it, those of X apart. Where neither does, the calls are
 * counted, but for those that only open a page or look something up in it.
 * Source: https://docs.x.ai/developers/tools/tool-usage-details
 */
function countSearches(response: JsonObject, usage: JsonObject | undefined): number | undefined {
  const counted = tokensOf(objectOf(objectOf(response['tool_usage'])?.['web_search'])?.['num_requests'])
  if (counted !== undefined) return counted || undefined
  const details = objectOf(usage?.['server_side_tool_usage_details'])
  if (details !== undefined) {
    return (tokensOf(details['web_search_calls']) ?? 0) + (tokensOf(details['x_search_calls']) ?? 0) || undefined
  }
  return arrayOf(response['output']).filter(isSearch).length || undefined
}

function isSearch(item: unknown): boolean {
  if (!isObject(item)) return false
  if (item['type'] === 'x_search_call') return true
  const action = objectOf(item['action'])?.['type'] ?? 'search'
  return item['type'] === 'web_search_call' && action === 'search'
}
