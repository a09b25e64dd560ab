import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Authenticator } from '../auth/authenticate.ts'
import { GatewayError } from '../canonical/errors.ts'
import type { PromptRequest } from '../canonical/generation-request.ts'
import type { Catalog } from '../catalog/model.ts'
import type { ListedProvider } from '../catalog/offered-provider.ts'
import type { ClientProtocol } from '../protocols/protocol.ts'
import type { GenerationStore } from '../storage/stores/generation-store.ts'
import type { Happenings } from '../canonical/happening.ts'
import { discardRest } from './discard-rest.ts'
import { Exchange, type Hook, inOrder, type Route } from './exchange.ts'
import { authenticate, inferenceOnly, recognise } from './hooks/authenticate.ts'
import { cors } from './hooks/cors.ts'
import { type Readiness, refuseWhileNotReady } from './hooks/refuse-while-not-ready.ts'
import { assignRequestId } from './hooks/request-id.ts'
import { publishFinished } from './publish-finished.ts'
import { inference, type InferenceTools } from './inference.ts'
import { apiReference, errorReference, start } from './routes/docs.ts'
import { explainRoute, type ExplainRouteTools } from './routes/explain-route.ts'
import { generation } from './routes/generation.ts'
import { alive, ready } from './routes/health.ts'
import { key } from './routes/key.ts'
import type { ModelKnowledge } from './models/model-figures.ts'
import { model, modelCount, modelEndpoints, models, plainModel } from './routes/models.ts'
import { type Address, RouteTable } from './route-table.ts'
import { sendFailure } from './send-error.ts'
import { openApi } from './routes/openapi.ts'
import { providers } from './routes/providers.ts'
import { refuseUnbuiltApi } from './routes/unbuilt.ts'
import { targetPath } from './target-path.ts'

export interface AppTools extends InferenceTools, ExplainRouteTools {
  readonly chatCompletions: ClientProtocol
  readonly completions: ClientProtocol<PromptRequest>
  readonly authenticator: Authenticator
  readonly catalog: () => Catalog
  readonly providers: () => readonly ListedProvider[]
  readonly generations: GenerationStore
  readonly models: ModelKnowledge
  readonly readiness: () => Readiness
  readonly happenings: Happenings
}

export interface App {
  /** Answers a request; never throws. */
  handle(incoming: IncomingMessage, outgoing: ServerResponse): void
  readonly addresses: readonly Address[]
}

/** The order of hooks and the list of addresses. Every API path exists under `/api/v1` and under `/v1`. */
export function createApp(tools: AppTools): App {
  const table = new RouteTable()
  const always = [assignRequestId(tools.clock), cors]
  const answer = (hooks: readonly Hook[], route: Route): Route =>
    publishFinished(tools.happenings, tools.clock, inOrder([...always, ...hooks], route))
  const get = (path: string, route: Route, ...hooks: readonly Hook[]) => table.add('GET', path, answer(hooks, route))
  const post = (path: string, route: Route, ...hooks: readonly Hook[]) => table.add('POST', path, answer(hooks, route))

  get('/healthz', alive)
  get('/readyz', ready(tools.readiness))
  get('/', start(tools.catalog))
  get('/docs', apiReference())
  get('/docs/errors', errorReference())

  const description = openApi()
  const known = authenticate(tools.authenticator)
  const generating = [refuseWhileNotReady(tools.readiness), known, inferenceOnly]
  for (const base of ['/api/v1', '/v1']) {
    post(`${base}/chat/completions`, inference(tools.chatCompletions, tools), ...generating)
    post(`${base}/completions`, inference(tools.completions, tools), ...generating)
    get(`${base}/models`, models(tools.catalog, tools.models))
    get(`${base}/models/count`, modelCount(tools.catalog, tools.models))
    get(`${base}/model/:author/:slug`, model(tools.catalog))
    get(`${base}/models/:author/:slug`, plainModel(tools.catalog))
    get(
      `${base}/models/:author/:slug/endpoints`,
      modelEndpoints(tools.catalog, tools.models.health.statistics),
      recognise(tools.authenticator),
    )
    get(`${base}/providers`, providers(tools.providers))
    post(`${base}/route`, explainRoute(tools), known, inferenceOnly)
    get(`${base}/key`, key(tools.generations, tools.clock), known)
    get(`${base}/generation`, generation(tools.generations), known)
    get(`${base}/openapi.json`, description)
  }
  const nowhere = answer([], wrongAddress(table))
  return { handle: handler(table, nowhere, tools.happenings), addresses: table.addresses }
}

function handler(table: RouteTable, nowhere: Route, happenings: Happenings): App['handle'] {
  const handle = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const path = targetPath(incoming.url ?? '')
    const { route, parameters } = table.find(incoming.method ?? '', path) ?? { route: nowhere, parameters: {} }
    try {
      await route(new Exchange(incoming, outgoing, path, parameters))
    } catch (error) {
      if (!(error instanceof GatewayError)) happenings.publish({ type: 'failed', error })
      sendFailure(outgoing, error)
    }
    if (!incoming.complete) discardRest(incoming)
  }
  return (incoming, outgoing) => void handle(incoming, outgoing)
}

/** 405 where only the method is wrong, else 404. */
function wrongAddress(table: RouteTable): Route {
  return ({ incoming: { method }, path }) => {
    const methods = table.methods(path).join(', ')
    if (methods === '') refuseUnbuiltApi(method ?? '', path)
    if (methods === '') throw new GatewayError('not_found', `There is nothing at ${method} ${path.slice(0, 200)}.`)
    throw new GatewayError('method_not_allowed', `${path} takes ${methods}, not ${method}.`, {
      headers: { Allow: methods },
    })
  }
}
