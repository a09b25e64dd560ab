import type { ContentPart } from '../../../canonical/content-part.ts'
import type { EmbeddingsRequest } from '../../../canonical/generation-request.ts'
import type { JsonObject } from '../../../util/json.ts'
import type { UpstreamProtocol } from '../../protocol.ts'
import { openEmbeddingReply } from '../embedding-reply.ts'
import { partsOf, refusal } from '../input-parts.ts'
import { purposeWord, voyageTypes } from '../purposes.ts'
import type { EmbeddingsService } from '../quirks.ts'
import { readReply } from './openai.ts'

/**
 * Voyage's `POST /multimodalembeddings`. Source: https://docs.voyageai.com/reference/multimodal-embeddings-api, and for the name of the
 * encoding Voyage's own SDKs, which send `encoding_format`: https://github.com/voyage-ai/typescript-sdk
 */
export const voyageMultimodalEmbeddings: UpstreamProtocol<EmbeddingsRequest, EmbeddingsService> = {
  name: 'voyage-multimodal',
  framing: 'sse',
  openCall(request, { upstreamModel, providerName }) {
    const { inputs, purpose, dimensions, encoding } = request.input
    const type = purposeWord(purpose, voyageTypes)
    return {
      upstreamRequest: {
        method: 'POST',
        path: '/multimodalembeddings',
        headers: {},
        body: {
          model: upstreamModel,
          inputs: inputs.map((input) => ({
            content: partsOf(input, providerName).map((part) => encodePart(part, providerName)),
          })),
          ...(type !== undefined && { input_type: type }),
          ...(dimensions !== undefined && { output_dimension: dimensions }),
          ...(encoding === 'base64' && { encoding_format: 'base64' }),
        },
        stream: false,
      },
      reply: openEmbeddingReply(providerName, request, (body) => readReply(body, {})),
    }
  },
}

function encodePart(part: ContentPart, providerName: string): JsonObject {
  if (part.type === 'text') return { type: 'text', text: part.text }
  if (part.type !== 'image' && part.type !== 'video') throw refusal(`${part.type} input`, providerName)
  const kind = `${part.type}_${part.url.startsWith('data:') ? 'base64' : 'url'}`
  return { type: kind, [kind]: part.url }
}
