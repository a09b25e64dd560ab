import { Hono } from 'hono'
import type { Authenticator } from '../auth/authenticate.ts'
import { GatewayError } from '../canonical/errors.ts'
import type { PromptRequest } from '../canonical/generation-request.ts'
import type { Catalog } from '../catalog/model.ts'
import { encodeError } from '../protocols/encode-error.ts'
import type { ClientProtocol } from '../protocols/protocol.ts'
import type { GenerationStore } from '../storage/stores/generation-store.ts'
import type { Channel } from '../util/channel.ts'
import { type Environment, type Hook, inOrder, type Route } from './environment.ts'
import { errorResponse } from './error-response.ts'
import { authenticate, inferenceOnly } from './hooks/authenticate.ts'
import { cors } from './hooks/cors.ts'
import { refuseWhileDraining } from './hooks/refuse-while-draining.ts'
import { assignRequestId } from './hooks/request-id.ts'
import { type FinishedRequest, publishFinished } from './publish-finished.ts'
import { inference, type InferenceTools } from './inference.ts'
import { apiReference, errorReference } from './routes/docs.ts'
import { generation } from './routes/generation.ts'
import { alive, ready } from './routes/health.ts'
import { key } from './routes/key.ts'
import { model, modelCount, modelEndpoints, models } from './routes/models.ts'
import { openApi } from './routes/openapi.ts'
import { type ListedProvider, providers } from './routes/providers.ts'

export interface AppTools extends InferenceTools {
  readonly chatCompletions: ClientProtocol
  readonly completions: ClientProtocol<PromptRequest>
  readonly authenticator: Authenticator
  readonly catalog: () => Catalog
  readonly providers: () => readonly ListedProvider[]
  readonly generations: GenerationStore
  readonly isReady: () => boolean
  readonly finished: Channel<FinishedRequest>
  /** Told about what should not have happened; the client gets a plain 500. */
  readonly failed: Channel<unknown>
}

/** The order of hooks and the list of addresses. Every API path exists under `/api/v1` and under `/v1`. */
export function createApp(tools: AppTools): Hono<Environment> {
  const app = new Hono<Environment>()
  const always = [assignRequestId(tools.clock), cors]
  const answer = (hooks: readonly Hook[], route: Route): Route =>
    publishFinished(tools.finished, tools.clock, inOrder([...always, ...hooks], route))
  const get = (path: string, route: Route, ...hooks: readonly Hook[]) => app.get(path, answer(hooks, route))

  get('/healthz', alive)
  get('/readyz', ready(tools.isReady))
  get('/docs', apiReference())
  get('/docs/errors', errorReference())

  const description = openApi()
  const known = authenticate(tools.authenticator)
  const generating = [refuseWhileDraining(tools.isReady), known, inferenceOnly]
  for (const base of ['/api/v1', '/v1']) {
    app.post(`${base}/chat/completions`, answer(generating, inference(tools.chatCompletions, tools)))
    app.post(`${base}/completions`, answer(generating, inference(tools.completions, tools)))
    get(`${base}/models`, models(tools.catalog))
    get(`${base}/models/count`, modelCount(tools.catalog))
    get(`${base}/model/:author/:slug`, model(tools.catalog))
    get(`${base}/models/:author/:slug/endpoints`, modelEndpoints(tools.catalog))
    get(`${base}/providers`, providers(tools.providers))
    get(`${base}/key`, key(tools.generations, tools.clock), known)
    get(`${base}/generation`, generation(tools.generations), known)
    get(`${base}/openapi.json`, description)
  }

  app.notFound(answer([], wrongAddress(app)))
  app.onError((error, c) => {
    if (!(error instanceof GatewayError)) tools.failed.publish(error)
    return errorResponse(c.env.outgoing, error)
  })
  return app
}

/** 405 where only the method is wrong, else 404. */
function wrongAddress(app: Hono<Environment>): Route {
  return (c) => {
    const methods = [
      ...new Set(
        app.routes.filter(({ path, method }) => method !== 'ALL' && fits(path, c.req.path)).map(({ method }) => method),
      ),
    ]
    const error =
      methods.length > 0
        ? new GatewayError('method_not_allowed', `${c.req.path} takes ${methods.join(', ')}, not ${c.req.method}.`, {
            headers: { Allow: methods.join(', ') },
          })
        : new GatewayError('not_found', `There is nothing at ${c.req.method} ${c.req.path.slice(0, 200)}.`)
    return Response.json(encodeError(error), { status: error.status, headers: error.details.headers })
  }
}

/** Whether a path fits a route's pattern, whose `:names` stand for one segment each. */
function fits(pattern: string, path: string): boolean {
  const wanted = pattern.split('/')
  const given = path.split('/')
  return wanted.length === given.length && wanted.every((part, i) => part.startsWith(':') || part === given[i])
}
