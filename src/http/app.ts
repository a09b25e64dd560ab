import { Hono } from 'hono'
import type { Authenticator } from '../auth/authenticate.ts'
import { GatewayError } from '../canonical/errors.ts'
import type { Catalog } from '../catalog/model.ts'
import { encodeError } from '../protocols/encode-error.ts'
import type { ClientProtocol } from '../protocols/protocol.ts'
import type { GenerationStore } from '../storage/stores/generation-store.ts'
import type { Channel } from '../util/channel.ts'
import type { Context } from 'hono'
import type { Environment } from './environment.ts'
import { errorResponse } from './error-response.ts'
import { authenticate, inferenceOnly } from './hooks/authenticate.ts'
import { cors } from './hooks/cors.ts'
import { assignRequestId } from './hooks/request-id.ts'
import { type FinishedRequest, publishFinished } from './hooks/request-log.ts'
import { inference, type InferenceTools } from './inference.ts'
import { generation } from './routes/generation.ts'
import { alive, ready } from './routes/health.ts'
import { key } from './routes/key.ts'
import { model, modelCount, modelEndpoints, models } from './routes/models.ts'
import { type ListedProvider, providers } from './routes/providers.ts'

export interface AppTools extends InferenceTools {
  readonly chatCompletions: ClientProtocol
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
  app.use(assignRequestId(tools.clock), publishFinished(tools.finished, tools.clock), cors)

  app.get('/healthz', alive)
  app.get('/readyz', ready(tools.isReady))

  const known = authenticate(tools.authenticator)
  for (const base of ['/api/v1', '/v1']) {
    app.post(`${base}/chat/completions`, known, inferenceOnly, inference(tools.chatCompletions, tools))
    app.get(`${base}/models`, models(tools.catalog))
    app.get(`${base}/models/count`, modelCount(tools.catalog))
    app.get(`${base}/model/:author/:slug`, model(tools.catalog))
    app.get(`${base}/models/:author/:slug/endpoints`, modelEndpoints(tools.catalog))
    app.get(`${base}/providers`, providers(tools.providers))
    app.get(`${base}/key`, known, key(tools.generations, tools.clock))
    app.get(`${base}/generation`, known, generation(tools.generations))
  }

  app.notFound(wrongAddress(app))
  app.onError((error, c) => {
    if (!(error instanceof GatewayError)) tools.failed.publish(error)
    return errorResponse(c.env.outgoing, error)
  })
  return app
}

/** 405 where only the method is wrong, else 404. */
function wrongAddress(app: Hono<Environment>) {
  return (c: Context<Environment>): Response => {
    const methods = [...new Set(app.routes.filter(({ path, method }) => method !== 'ALL' && fits(path, c.req.path)).map(({ method }) => method))]
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
