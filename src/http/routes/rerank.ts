import type { RerankRequest } from '../../canonical/generation-request.ts'
import { ErrorResponseSchema } from '../../protocols/gateway-fields/schema/error-response.ts'
import type { ReplyProtocol } from '../../protocols/protocol.ts'
import { RerankRequestSchema } from '../../protocols/rerank/schema/request.ts'
import { RerankResponseSchema } from '../../protocols/rerank/schema/response.ts'
import { defineInferenceRoute } from '../define-inference-route.ts'

export const rerank = defineInferenceRoute({
  path: '/rerank',
  id: 'createRerank',
  summary: 'Rank documents',
  description: 'Sorts documents by how well they fit a query.',
  body: {
    schema: RerankRequestSchema,
    example: {
      model: 'waygate/simulator-rerank',
      query: 'Where does the river go?',
      documents: ['The river flows to the sea.', 'Bread is baked in the morning.'],
    },
  },
  success: { description: 'The ranking, the best document first.', json: RerankResponseSchema },
  error: ErrorResponseSchema,
  protocol: ({ rerank }: { readonly rerank: ReplyProtocol<RerankRequest> }) => rerank,
})
