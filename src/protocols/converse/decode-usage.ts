import type { Usage } from '../../canonical/usage.ts'
import { arrayOf, tokensOf, isObject, type JsonObject } from '../../util/json.ts'

/**
 * Decodes `usage`. Bedrock counts the tokens that were read from a cache or written to it beside the input; here the prompt includes them.
 */
export function decodeUsage(usage: JsonObject): Usage {
  const input = tokensOf(usage['inputTokens'])
  const cachedTokens = tokensOf(usage['cacheReadInputTokens'])
  const cacheWriteTokens = tokensOf(usage['cacheWriteInputTokens'])
  return {
    promptTokens: input === undefined ? undefined : input + (cachedTokens ?? 0) + (cacheWriteTokens ?? 0),
    completionTokens: tokensOf(usage['outputTokens']),
    cachedTokens,
    cacheWriteTokens,
    cacheWrite1hTokens: writtenForAnHour(usage['cacheDetails']),
  }
}

function writtenForAnHour(details: unknown): number | undefined {
  const written = arrayOf(details).filter(isObject)
  if (written.length === 0) return undefined
  return written
    .filter(({ ttl }) => ttl === '1h')
    .reduce((sum, { inputTokens }) => sum + (tokensOf(inputTokens) ?? 0), 0)
}
