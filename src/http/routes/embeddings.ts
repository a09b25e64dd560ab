import type { EmbeddingsRequest } from '../../canonical/generation-request.ts'
import { EmbeddingsRequestSchema } from '../../protocols/embeddings/schema/request.ts'
import { EmbeddingsResponseSchema } from '../../protocols/embeddings/schema/response.ts'
import { ErrorResponseSchema } from '../../protocols/gateway-fields/schema/error-response.ts'
import type { ReplyProtocol } from '../../protocols/protocol.ts'
import { defineInferenceRoute } from '../define-inference-route.ts'

export const embeddings = defineInferenceRoute({
  path: '/embeddings',
  id: 'createEmbeddings',
  summary: 'Embed texts',
  description:
    'Turns each input into a vector. A batch that is larger than the provider takes is split, and its vectors are returned in the order of the inputs.',
  body: {
    schema: EmbeddingsRequestSchema,
    example: { model: 'waygate/simulator-embeddings', input: ['Once upon a time', 'there was a river'] },
  },
  success: { description: 'The vectors.', json: EmbeddingsResponseSchema },
  error: ErrorResponseSchema,
  protocol: ({ embeddings }: { readonly embeddings: ReplyProtocol<EmbeddingsRequest> }) => embeddings,
})
