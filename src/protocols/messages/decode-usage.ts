import type { Usage } from '../../canonical/usage.ts'
import { arrayOf, isObject, type JsonObject, objectOf, tokensOf } from '../../util/json.ts'

/**
 * What all iterations of one answer used: its own fields leave out those that summed up the context or asked an advisor, which are
 * billed like the others. Source: https://platform.claude.com/docs/en/build-with-claude/compaction#understanding-usage
 */
function withIterations(usage: JsonObject): JsonObject {
  const iterations = arrayOf(usage['iterations']).filter(isObject)
  if (iterations.length === 0) return usage
  const total = (field: string): number | undefined => {
    const counts = iterations.flatMap((iteration) => tokensOf(iteration[field]) ?? [])
    const own = tokensOf(usage[field])
    // Iterations are told when they are over: what is told of the whole may be ahead of them.
    return counts.length === 0
      ? own
      : Math.max(
          counts.reduce((sum, count) => sum + count, 0),
          own ?? 0,
        )
  }
  const hours = iterations.flatMap(({ cache_creation }) => tokensOf(objectOf(cache_creation)?.[hourField]) ?? [])
  const creation = objectOf(usage['cache_creation'])
  return {
    ...usage,
    ...Object.fromEntries(countFields.map((field) => [field, total(field)])),
    ...(hours.length > 0 && {
      cache_creation: {
        ...creation,
        [hourField]: Math.max(
          hours.reduce((sum, count) => sum + count, 0),
          tokensOf(creation?.[hourField]) ?? 0,
        ),
      },
    }),
  }
}

const hourField = 'ephemeral_1h_input_tokens'
const countFields = ['input_tokens', 'output_tokens', 'cache_read_input_tokens', 'cache_creation_input_tokens']

/** Anthropic's `input_tokens` are those that came neither from the cache nor went into it; its `output_tokens` include thoughts. */
export function decodeUsage(said: JsonObject): Usage {
  const usage = withIterations(said)
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
