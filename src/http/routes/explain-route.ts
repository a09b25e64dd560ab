import type { ChatRequest } from '../../canonical/generation-request.ts'
import { ChatCompletionsRequestSchema } from '../../protocols/chat-completions/schema/request.ts'
import type { ClientProtocol } from '../../protocols/protocol.ts'
import type { RouteExplanation } from '../../router/explain-route.ts'
import { encodeRouteExplanation, RouteExplanationReplySchema } from '../encode-route-explanation.ts'
import { defineRoute } from '../http-route.ts'
import { type BodyLimits, readJsonBody } from '../read-json-body.ts'

interface Dependencies {
  readonly chatCompletions: ClientProtocol
  readonly limits: BodyLimits
  readonly explain: (request: ChatRequest, account: string) => RouteExplanation
}

export const explainRoute = defineRoute({
  method: 'post',
  path: '/route',
  access: 'inference',
  id: 'explainRoute',
  group: 'Gateway',
  summary: 'Ask where a request would go',
  description:
    'Takes the body of a chat request and answers with every endpoint that comes into question: the order in which they would be tried, why, at what cost, and why others are left out. Calls nobody and costs nothing.',
  body: {
    schema: ChatCompletionsRequestSchema,
    example: { model: 'waygate/simulator', messages: [{ role: 'user', content: 'Hello!' }] },
  },
  success: {
    description: 'The explanation; `error` says what the request itself would be answered with.',
    json: RouteExplanationReplySchema,
  },
  errors: [
    'invalid_request',
    'authentication',
    'permission_denied',
    'timeout',
    'payload_too_large',
    'unsupported_media_type',
    'server',
  ],
  handle:
    ({ chatCompletions, limits, explain }: Dependencies) =>
    async (exchange) => {
      const { incoming, principal } = exchange
      const request = chatCompletions.decodeRequest(await readJsonBody(incoming, limits), incoming.headers)
      exchange.json({ data: encodeRouteExplanation(explain(request, principal.account)) })
    },
})
