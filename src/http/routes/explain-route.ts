import type { ChatRequest } from '../../canonical/generation-request.ts'
import type { ClientProtocol } from '../../protocols/protocol.ts'
import type { RouteExplanation } from '../../router/explain.ts'
import type { Route } from '../exchange.ts'
import { type BodyLimits, readJsonBody } from '../read-json-body.ts'

export interface ExplainRouteTools {
  readonly chatCompletions: ClientProtocol
  readonly limits: BodyLimits
  readonly explain: (request: ChatRequest, account: string) => RouteExplanation
}

/** `POST /route`: where a chat request would go, and why. Calls nobody, costs nothing. */
export const explainRoute =
  (tools: ExplainRouteTools): Route =>
  async (exchange) => {
    const { incoming, principal } = exchange
    const request = tools.chatCompletions.decodeRequest(await readJsonBody(incoming, tools.limits), incoming.headers)
    exchange.json({ data: tools.explain(request, principal.account) })
  }
