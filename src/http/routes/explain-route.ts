import type { Caller } from '../../canonical/principal.ts'
import type { ChatRequest } from '../../canonical/generation-request.ts'
import { ChatCompletionsRequestSchema } from '../../protocols/chat-completions/schema/request.ts'
import type { ClientProtocol } from '../../protocols/protocol.ts'
import type { RouteExplanation } from '../../router/explain-route.ts'
import { encodeRouteExplanation, RouteExplanationReplySchema } from '../encode-route-explanation.ts'
import { defineRoute } from '../http-route.ts'
import { bodyErrors, type BodyLimits, readJsonBody } from '../read-json-body.ts'

interface Dependencies {
  readonly chatCompletions: ClientProtocol
  readonly limits: BodyLimits
  readonly explain: (request: ChatRequest, caller: Caller) => RouteExplanation
}

export const explainRoute = defineRoute({
  method: 'post',
  path: '/route',
  access: 'inference',
  id: 'explainRoute',
  group: 'Gateway',
  summary: 'Explain how a request would be routed',
  description:
    'Takes the body of a chat request and returns every endpoint of its models: the order in which they would be tried, why, at what cost, and why others are left out. It calls no provider and costs nothing.',
  body: {
    schema: ChatCompletionsRequestSchema,
    example: { model: 'waygate/simulator', messages: [{ role: 'user', content: 'Hello!' }] },
  },
  success: {
    description: 'The explanation. `error` is the error that the request itself would get.',
    json: RouteExplanationReplySchema,
  },
  errors: bodyErrors,
  handle:
    ({ chatCompletions, limits, explain }: Dependencies) =>
    async (exchange) => {
      const { incoming, principal } = exchange
      const request = chatCompletions.decodeRequest(await readJsonBody(incoming, limits), incoming.headers)
      exchange.json({ data: encodeRouteExplanation(explain(request, principal)) })
    },
})
