import type { EmbeddingsRequest } from '../../../canonical/generation-request.ts'
import { arrayOf, isObject, objectOf, tokensOf } from '../../../util/json.ts'
import type { UpstreamProtocol } from '../../protocol.ts'
import { UnusableReply } from '../../vendors/item-reply.ts'
import { openEmbeddingReply, type RawEmbeddings } from '../embedding-reply.ts'
import { geminiParts } from '../gemini-parts.ts'
import { googleTasks, purposeWord } from '../purposes.ts'
import type { EmbeddingsService } from '../quirks.ts'

/** The Gemini API's `batchEmbedContents`. Source: https://ai.google.dev/api/embeddings */
export const googleEmbeddings: UpstreamProtocol<EmbeddingsRequest, EmbeddingsService> = {
  name: 'google',
  framing: 'sse',
  openCall(request, { upstreamModel, providerName }) {
    const { inputs, purpose, dimensions } = request.input
    const model = upstreamModel.includes('/') ? upstreamModel : `models/${upstreamModel}`
    const taskType = purposeWord(purpose, googleTasks)
    return {
      upstreamRequest: {
        method: 'POST',
        path: `/${model}:batchEmbedContents`,
        headers: {},
        body: {
          requests: inputs.map((input) => ({
            model,
            content: { parts: geminiParts(input, providerName) },
            ...(taskType !== undefined && { taskType }),
            ...(dimensions !== undefined && { outputDimensionality: dimensions }),
          })),
        },
        stream: false,
      },
      reply: openEmbeddingReply(providerName, request, readReply),
    }
  },
}

/** The newer models tell how many tokens were read; of the older ones they are estimated. */
function readReply(body: unknown): RawEmbeddings {
  if (!isObject(body) || !Array.isArray(body['embeddings'])) throw new UnusableReply('sent a reply without embeddings')
  const vectors = arrayOf(body['embeddings']).map((row, index) => ({ index, vector: objectOf(row)?.['values'] }))
  const promptTokens = tokensOf(objectOf(body['usageMetadata'])?.['promptTokenCount'])
  return { vectors, ...(promptTokens !== undefined && { usage: { promptTokens } }) }
}
