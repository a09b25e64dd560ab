import type { Usage } from '../../canonical/usage.ts'
import { tokensOf, objectOf } from '../../util/json.ts'

/** The `usage` of a response; null until it is over. */
export function decodeUsage(value: unknown): Usage {
  const usage = objectOf(value)
  const input = objectOf(usage?.['input_tokens_details'])
  const output = objectOf(usage?.['output_tokens_details'])
  return {
    promptTokens: tokensOf(usage?.['input_tokens']),
    completionTokens: tokensOf(usage?.['output_tokens']),
    cachedTokens: tokensOf(input?.['cached_tokens']),
    cacheWriteTokens: tokensOf(input?.['cache_write_tokens']),
    reasoningTokens: tokensOf(output?.['reasoning_tokens']),
  }
}
