import type { EmbeddingInput } from '../../canonical/generation-request.ts'
import type { JsonObject } from '../../util/json.ts'
import { bareData } from '../vendors/inline-media.ts'
import { partsOf, refusal } from './input-parts.ts'

/**
 * Returns an input as Jina takes it: an object for a text or an image, whose data is base64 alone. It has none for several of them together.
 * Source: https://api.jina.ai/redoc
 * @throws GatewayError for several parts, and for other media.
 */
export function jinaInput(input: EmbeddingInput, providerName: string): JsonObject {
  const [part, ...others] = partsOf(input, providerName)
  if (others.length > 0) throw refusal('several parts together', providerName)
  if (part?.type === 'image') return { image: bareData(part.url) }
  if (part?.type === 'text') return { text: part.text }
  throw refusal(`${part?.type ?? 'empty'} input`, providerName)
}
