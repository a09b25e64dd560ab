import type { Usage } from '../../canonical/usage.ts'
import { countOf, type JsonObject, objectOf } from '../../util/json.ts'

/** Anthropic's `input_tokens` are those that came neither from the cache nor went into it; its `output_tokens` include thoughts. */
export function decodeUsage(usage: JsonObject): Usage {
  const fresh = countOf(usage['input_tokens'])
  const cachedTokens = countOf(usage['cache_read_input_tokens'])
  const cacheWriteTokens = countOf(usage['cache_creation_input_tokens'])
  return {
    promptTokens: fresh === undefined ? undefined : fresh + (cachedTokens ?? 0) + (cacheWriteTokens ?? 0),
    completionTokens: countOf(usage['output_tokens']),
    cachedTokens,
    cacheWriteTokens,
    cacheWrite1hTokens: countOf(objectOf(usage['cache_creation'])?.['ephemeral_1h_input_tokens']),
    reasoningTokens: countOf(objectOf(usage['output_tokens_details'])?.['thinking_tokens']),
    webSearchRequests: countOf(objectOf(usage['server_tool_use'])?.['web_search_requests']),
  }
}
