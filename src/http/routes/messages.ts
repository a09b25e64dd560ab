import { MessagesErrorResponseSchema } from '../../protocols/messages/schema/error.ts'
import { MessagesEventSchema } from '../../protocols/messages/schema/event.ts'
import { MessagesRequestSchema } from '../../protocols/messages/schema/request.ts'
import { MessagesResponseSchema } from '../../protocols/messages/schema/response.ts'
import type { ClientProtocol } from '../../protocols/protocol.ts'
import { defineInferenceRoute } from '../define-inference-route.ts'
import { anthropicHeaders } from '../inference-descriptions.ts'

export const messages = defineInferenceRoute({
  path: '/messages',
  id: 'createMessage',
  summary: 'Continue a conversation, in the words of Anthropic’s Messages API',
  description:
    'Sends a conversation to any model and returns its answer as Anthropic would. With `stream: true` the reply is a stream of named ' +
    'events. Beside Anthropic’s own fields it takes those of this gateway: `models`, `provider`, `plugins` and the rest.',
  parameters: anthropicHeaders,
  body: {
    schema: MessagesRequestSchema,
    example: { model: 'waygate/simulator', max_tokens: 256, messages: [{ role: 'user', content: 'Hello!' }] },
  },
  success: {
    description: 'The answer, as JSON or as a stream.',
    json: MessagesResponseSchema,
    event: MessagesEventSchema,
  },
  error: MessagesErrorResponseSchema,
  protocol: ({ messages }: { readonly messages: ClientProtocol }) => messages,
})
