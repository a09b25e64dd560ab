import type { Usage } from '../../canonical/usage.ts'
import { arrayOf, isObject, type JsonObject, objectOf, tokensOf } from '../../util/json.ts'

/**
 * Decodes `usage`. Anthropic's `input_tokens` leave out the tokens that were read from the cache or written to it; its `output_tokens`
 * include thinking.
 */
export function decodeUsage(usage: JsonObject): Usage {
  const count = counterOf(usage)
  const fresh = count(({ input_tokens }) => input_tokens)
  const cachedTokens = count(({ cache_read_input_tokens }) => cache_read_input_tokens)
  const cacheWriteTokens = count(({ cache_creation_input_tokens }) => cache_creation_input_tokens)
  return {
    promptTokens: fresh === undefined ? undefined : fresh + (cachedTokens ?? 0) + (cacheWriteTokens ?? 0),
    completionTokens: count(({ output_tokens }) => output_tokens),
    cachedTokens,
    cacheWriteTokens,
    cacheWrite1hTokens: count(({ cache_creation }) => objectOf(cache_creation)?.['ephemeral_1h_input_tokens']),
    reasoningTokens: tokensOf(objectOf(usage['output_tokens_details'])?.['thinking_tokens']),
    webSearchRequests: tokensOf(objectOf(usage['server_tool_use'])?.['web_search_requests']),
  }
}

type Counter = (read: (counts: JsonObject) => unknown) => number | undefined

/**
 * Counts what all iterations of an answer used. The counts of the whole leave out the iterations that summed up the context or asked an
 * advisor. They may also be ahead of the iterations, each of which is reported when it is over.
 * Source: https://platform.claude.com/docs/en/build-with-claude/compaction#understanding-usage
 */
function counterOf(usage: JsonObject): Counter {
  const iterations = arrayOf(usage['iterations']).filter(isObject)
  return (read) => {
    const whole = tokensOf(read(usage))
    const counts = iterations.flatMap((iteration) => tokensOf(read(iteration)) ?? [])
    if (counts.length === 0) return whole
    return Math.max(
      whole ?? 0,
      counts.reduce((sum, count) => sum + count, 0),
    )
  }
}
