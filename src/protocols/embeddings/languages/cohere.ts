import type { ContentPart } from '../../../canonical/content-part.ts'
import type { EmbeddingInput, EmbeddingsRequest } from '../../../canonical/generation-request.ts'
import { isObject, type JsonObject, objectOf, stringOf, tokensOf } from '../../../util/json.ts'
import type { UpstreamProtocol } from '../../protocol.ts'
import { UnusableReply } from '../../vendors/item-reply.ts'
import { openEmbeddingReply, type RawEmbeddings } from '../embedding-reply.ts'
import { partsOf, refusal, textOf } from '../input-parts.ts'
import { cohereTypes, purposeWord } from '../purposes.ts'
import type { EmbeddingsService } from '../quirks.ts'

/** Cohere's `POST /v2/embed`. Source: https://docs.cohere.com/reference/embed */
export const cohereEmbeddings: UpstreamProtocol<EmbeddingsRequest, EmbeddingsService> = {
  name: 'cohere',
  framing: 'sse',
  openCall(request, { upstreamModel, providerName }) {
    const { inputs, purpose, dimensions, modalities } = request.input
    return {
      upstreamRequest: {
        method: 'POST',
        path: '/embed',
        headers: {},
        body: {
          model: upstreamModel,
          ...(modalities.size === 0
            ? { texts: inputs.map((input) => textOf(input, providerName)) }
            : { inputs: inputs.map((input) => ({ content: encodeParts(input, providerName) })) }),
          // It is required; a text that nobody says more of is one to be found.
          input_type: purposeWord(purpose, cohereTypes) ?? 'search_document',
          embedding_types: ['float'],
          ...(dimensions !== undefined && { output_dimension: dimensions }),
        },
        stream: false,
      },
      reply: openEmbeddingReply(providerName, request, readReply),
    }
  },
}

const encodeParts = (input: EmbeddingInput, providerName: string): readonly JsonObject[] =>
  partsOf(input, providerName).map((part) => encodePart(part, providerName))

function encodePart(part: ContentPart, providerName: string): JsonObject {
  if (part.type === 'text') return { type: 'text', text: part.text }
  if (part.type === 'image') return { type: 'image_url', image_url: { url: part.url } }
  throw refusal(`${part.type} input`, providerName)
}

/** What is billed counts, as in its chats. */
function readReply(body: unknown): RawEmbeddings {
  const rows = isObject(body) ? objectOf(body['embeddings'])?.['float'] : undefined
  if (!isObject(body) || !Array.isArray(rows)) throw new UnusableReply('sent a reply without embeddings')
  const billed = objectOf(objectOf(body['meta'])?.['billed_units'])
  const [texts, images] = [tokensOf(billed?.['input_tokens']), tokensOf(billed?.['image_tokens'])]
  const isCounted = texts !== undefined || images !== undefined
  return {
    vectors: rows.map((vector, index) => ({ index, vector })),
    upstreamId: stringOf(body['id']),
    ...(isCounted && { usage: { promptTokens: (texts ?? 0) + (images ?? 0) } }),
  }
}
