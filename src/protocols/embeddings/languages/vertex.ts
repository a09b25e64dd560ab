import type { EmbeddingsRequest } from '../../../canonical/generation-request.ts'
import { arrayOf, isObject, objectOf, tokensOf } from '../../../util/json.ts'
import type { UpstreamProtocol } from '../../protocol.ts'
import { UnusableReply } from '../../vendors/item-reply.ts'
import { openEmbeddingReply, type RawEmbeddings } from '../embedding-reply.ts'
import { textOf } from '../input-parts.ts'
import { googleTasks, purposeWord } from '../purposes.ts'
import type { EmbeddingsService } from '../quirks.ts'

/**
 * Vertex AI's `predict` for embedding models.
 * Source: https://docs.cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api
 */
export const vertexEmbeddings: UpstreamProtocol<EmbeddingsRequest, EmbeddingsService> = {
  name: 'vertex',
  framing: 'sse',
  openCall(request, { upstreamModel, providerName }) {
    const { inputs, purpose, dimensions } = request.input
    const task = purposeWord(purpose, googleTasks)
    return {
      upstreamRequest: {
        method: 'POST',
        path: `/publishers/google/models/${upstreamModel}:predict`,
        headers: {},
        body: {
          instances: inputs.map((input) => ({
            content: textOf(input, providerName),
            ...(task !== undefined && { task_type: task }),
          })),
          // Without this, a text that is too long would be cut without a word.
          parameters: { autoTruncate: false, ...(dimensions !== undefined && { outputDimensionality: dimensions }) },
        },
        stream: false,
      },
      reply: openEmbeddingReply(providerName, request, readReply),
    }
  },
}

function readReply(body: unknown): RawEmbeddings {
  if (!isObject(body) || !Array.isArray(body['predictions'])) throw new UnusableReply('sent a reply without embeddings')
  const embeddings = arrayOf(body['predictions']).map((row) => objectOf(objectOf(row)?.['embeddings']))
  const counts = embeddings.map((embedding) => tokensOf(objectOf(embedding?.['statistics'])?.['token_count']))
  const known = counts.filter((count) => count !== undefined)
  return {
    vectors: embeddings.map((embedding, index) => ({ index, vector: embedding?.['values'] })),
    ...(known.length === counts.length && { usage: { promptTokens: known.reduce((sum, count) => sum + count, 0) } }),
  }
}
