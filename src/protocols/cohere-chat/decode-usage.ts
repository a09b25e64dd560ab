import type { Usage } from '../../canonical/usage.ts'
import { tokensOf, objectOf } from '../../util/json.ts'

/**
 * What is billed counts: the other count, `tokens`, holds some hundred tokens that the vendor itself puts around each prompt and does
 * not charge for. `cached_tokens` are a part of those, so they say nothing about what is billed.
 */
export function decodeUsage(value: unknown): Usage {
  const usage = objectOf(value)
  const billed = objectOf(usage?.['billed_units'])
  const processed = objectOf(usage?.['tokens'])
  const isBilled = tokensOf(billed?.['input_tokens']) !== undefined || tokensOf(billed?.['output_tokens']) !== undefined
  const counted = isBilled ? billed : processed
  return {
    promptTokens: tokensOf(counted?.['input_tokens']),
    completionTokens: tokensOf(counted?.['output_tokens']),
    cachedTokens: isBilled ? undefined : tokensOf(usage?.['cached_tokens']),
  }
}
