import type { Usage } from '../../canonical/usage.ts'
import { tokensOf, objectOf } from '../../util/json.ts'

/**
 * Decodes the usage. The billed counts are taken: the other counts, `tokens`, include some hundred tokens that Cohere adds to each prompt
 * and does not charge for. `cached_tokens` are a part of those, so they are read only where nothing is billed.
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
