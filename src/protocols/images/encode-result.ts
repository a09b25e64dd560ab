import type { GenerationResult } from '../../canonical/generation-result.ts'
import type { Cost, Usage } from '../../canonical/usage.ts'
import type { JsonObject } from '../../util/json.ts'
import { encodeMetadata } from '../gateway-fields/encode-metadata.ts'
import { encodeUsage } from '../gateway-fields/encode-usage.ts'
import type { ReplyIdentity } from '../protocol.ts'

/** Encodes a JSON reply (contract §8.B). */
export const encodeResult = (identity: ReplyIdentity, result: GenerationResult): JsonObject => ({
  created: identity.created,
  data: result.items.flatMap((item) =>
    item.type === 'generated-image' ? [{ b64_json: item.data, media_type: item.mediaType }] : [],
  ),
  usage: encodeImageUsage(result.usage, result.cost),
  ...(result.metadata !== undefined && { openrouter_metadata: encodeMetadata(result.metadata) }),
})

/** Encodes the usage under OpenRouter's names, and under those that OpenAI's clients read in the same object. */
export function encodeImageUsage(usage: Usage, cost: Cost | undefined): JsonObject {
  const { promptTokens = 0, completionTokens = 0, promptImageTokens = 0 } = usage
  return {
    ...encodeUsage(usage, cost),
    input_tokens: promptTokens,
    output_tokens: completionTokens,
    input_tokens_details: { text_tokens: promptTokens - promptImageTokens, image_tokens: promptImageTokens },
  }
}
