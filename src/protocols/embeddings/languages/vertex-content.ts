import type { EmbeddingsRequest } from '../../../canonical/generation-request.ts'
import { isObject, objectOf, tokensOf } from '../../../util/json.ts'
import type { UpstreamProtocol } from '../../protocol.ts'
import { UnusableReply } from '../../vendors/item-reply.ts'
import { openEmbeddingReply, type RawEmbeddings } from '../embedding-reply.ts'
import { geminiParts } from '../gemini-parts.ts'
import { googleTasks, purposeWord } from '../purposes.ts'
import type { EmbeddingsService } from '../quirks.ts'

/**
 * Vertex AI's `embedContent`, which Gemini's models after gemini-embedding-001 have in place of `predict`. It embeds one content a call.
 * Source: `EmbedContentRequest` of the API, and `embedContent` of Google's own SDK (https://github.com/googleapis/js-genai).
 */
export const vertexContentEmbeddings: UpstreamProtocol<EmbeddingsRequest, EmbeddingsService> = {
  name: 'vertex-content',
  framing: 'sse',
  openCall(request, { upstreamModel, providerName }) {
    const { inputs, purpose, dimensions } = request.input
    const [first = ''] = inputs
    const taskType = purposeWord(purpose, googleTasks)
    return {
      upstreamRequest: {
        method: 'POST',
        path: `/publishers/google/models/${upstreamModel}:embedContent`,
        headers: {},
        body: {
          content: { parts: geminiParts(first, providerName) },
          embedContentConfig: {
            // Without this, a text that is too long would be cut without a word.
            autoTruncate: false,
            ...(taskType !== undefined && { taskType }),
            ...(dimensions !== undefined && { outputDimensionality: dimensions }),
          },
        },
        stream: false,
      },
      reply: openEmbeddingReply(providerName, request, readReply),
    }
  },
}

function readReply(body: unknown): RawEmbeddings {
  const embedding = isObject(body) ? objectOf(body['embedding']) : undefined
  if (!isObject(body) || embedding === undefined) throw new UnusableReply('sent a reply without embeddings')
  const promptTokens = tokensOf(objectOf(body['usageMetadata'])?.['promptTokenCount'])
  return {
    vectors: [{ index: 0, vector: embedding['values'] }],
    ...(promptTokens !== undefined && { usage: { promptTokens } }),
  }
}
