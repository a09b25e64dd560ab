import type { Usage } from '../../canonical/usage.ts'
import { countOf, objectOf } from '../../util/json.ts'

/** The `usage` of a response; null until it is over. */
export function decodeUsage(value: unknown): Usage {
  const usage = objectOf(value)
  const input = objectOf(usage?.['input_tokens_details'])
  const output = objectOf(usage?.['output_tokens_details'])
  return {
    promptTokens: countOf(usage?.['input_tokens']),
    completionTokens: countOf(usage?.['output_tokens']),
    cachedTokens: countOf(input?.['cached_tokens']),
    cacheWriteTokens: countOf(input?.['cache_write_tokens']),
    reasoningTokens: countOf(output?.['reasoning_tokens']),
  }
}
