import type { Usage } from '../../canonical/usage.ts'
import { tokensOf, type JsonObject, objectOf } from '../../util/json.ts'

/** Anthropic's `input_tokens` are those that came neither from the cache nor went into it; its `output_tokens` include thoughts. */
export function decodeUsage(usage: JsonObject): Usage {
  const fresh = tokensOf(usage['input_tokens'])
  const cachedTokens = tokensOf(usage['cache_read_input_tokens'])
  const cacheWriteTokens = tokensOf(usage['cache_creation_input_tokens'])
  return {
    promptTokens: fresh === undefined ? undefined : fresh + (cachedTokens ?? 0) + (cacheWriteTokens ?? 0),
    completionTokens: tokensOf(usage['output_tokens']),
    cachedTokens,
    cacheWriteTokens,
    cacheWrite1hTokens: tokensOf(objectOf(usage['cache_creation'])?.['ephemeral_1h_input_tokens']),
    reasoningTokens: tokensOf(objectOf(usage['output_tokens_details'])?.['thinking_tokens']),
    webSearchRequests: tokensOf(objectOf(usage['server_tool_use'])?.['web_search_requests']),
  }
}
