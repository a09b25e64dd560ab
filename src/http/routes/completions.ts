import type { PromptRequest } from '../../canonical/generation-request.ts'
import { CompletionsChunkSchema } from '../../protocols/completions/schema/chunk.ts'
import { CompletionsRequestSchema } from '../../protocols/completions/schema/request.ts'
import { CompletionsResponseSchema } from '../../protocols/completions/schema/response.ts'
import type { ClientProtocol } from '../../protocols/protocol.ts'
import { ErrorResponseSchema } from '../../protocols/gateway-fields/schema/error-response.ts'
import { defineInferenceRoute } from '../define-inference-route.ts'
import { streamDescription } from '../inference-descriptions.ts'

export const completions = defineInferenceRoute({
  path: '/completions',
  id: 'createCompletion',
  summary: 'Continue a text',
  description: `The older form, without a conversation: sends a text to a model and returns its continuation. ${streamDescription}`,
  body: {
    schema: CompletionsRequestSchema,
    example: { model: 'waygate/simulator', prompt: 'Once upon a time' },
  },
  success: {
    description: 'The continuation, as JSON or as a stream.',
    json: CompletionsResponseSchema,
    event: CompletionsChunkSchema,
  },
  error: ErrorResponseSchema,
  protocol: ({ completions }: { readonly completions: ClientProtocol<PromptRequest> }) => completions,
})
