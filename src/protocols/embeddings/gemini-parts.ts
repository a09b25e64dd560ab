import type { EmbeddingInput } from '../../canonical/generation-request.ts'
import type { JsonObject } from '../../util/json.ts'
import { inlineData } from '../vendors/inline-media.ts'
import { partsOf, refusal } from './input-parts.ts'

/**
 * Returns an input as the parts of a `Content`, which Gemini's models read at both of Google's addresses.
 * @throws GatewayError for media by address: these models read what stands in the request.
 */
export const geminiParts = (input: EmbeddingInput, providerName: string): readonly JsonObject[] =>
  partsOf(input, providerName).map((part) => {
    if (part.type === 'text') return { text: part.text }
    const media = inlineData(part)
    if (media === null) throw refusal(`${part.type} by address`, providerName)
    return { inlineData: { mimeType: media.type, data: media.data } }
  })
