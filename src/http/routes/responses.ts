import { ErrorResponseSchema } from '../../protocols/gateway-fields/schema/error-response.ts'
import { ResponsesEventSchema } from '../../protocols/responses/schema/event.ts'
import { ResponsesRequestSchema } from '../../protocols/responses/schema/request.ts'
import { ResponsesResultSchema } from '../../protocols/responses/schema/response.ts'
import type { ClientProtocol } from '../../protocols/protocol.ts'
import { defineInferenceRoute } from '../define-inference-route.ts'

export const responses = defineInferenceRoute({
  path: '/responses',
  id: 'createResponse',
  summary: 'Continue a conversation, in the words of OpenAI’s Responses API',
  description:
    'Sends a conversation to any model and returns its answer as a list of items. Nothing is kept: every request has the whole conversation, ' +
    'so `store`, `previous_response_id`, `conversation` and `background` are refused. With `stream: true` the reply is a stream of numbered events. ' +
    'Beside OpenAI’s own fields it takes those of this gateway: `models`, `provider`, `plugins` and the rest.',
  body: { schema: ResponsesRequestSchema, example: { model: 'waygate/simulator', input: 'Hello!' } },
  success: {
    description: 'The answer, as JSON or as a stream.',
    json: ResponsesResultSchema,
    event: ResponsesEventSchema,
  },
  error: ErrorResponseSchema,
  protocol: ({ responses }: { readonly responses: ClientProtocol }) => responses,
})
