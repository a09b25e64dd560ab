import { ChatCompletionsChunkSchema } from '../../protocols/chat-completions/schema/chunk.ts'
import { ChatCompletionsRequestSchema } from '../../protocols/chat-completions/schema/request.ts'
import { ChatCompletionsResponseSchema } from '../../protocols/chat-completions/schema/response.ts'
import type { ClientProtocol } from '../../protocols/protocol.ts'
import { ErrorResponseSchema } from '../../protocols/gateway-fields/schema/error-response.ts'
import { defineInferenceRoute } from '../define-inference-route.ts'
import { streamDescription } from '../inference-descriptions.ts'

export const chatCompletions = defineInferenceRoute({
  path: '/chat/completions',
  id: 'createChatCompletion',
  summary: 'Continue a conversation',
  description: `Sends a conversation to a model and returns its answer. ${streamDescription}`,
  body: {
    schema: ChatCompletionsRequestSchema,
    example: { model: 'waygate/simulator', messages: [{ role: 'user', content: 'Hello!' }] },
  },
  success: {
    description: 'The answer, as JSON or as a stream.',
    json: ChatCompletionsResponseSchema,
    event: ChatCompletionsChunkSchema,
  },
  error: ErrorResponseSchema,
  protocol: ({ chatCompletions }: { readonly chatCompletions: ClientProtocol }) => chatCompletions,
})
