import type { GenerationRequest } from '../canonical/generation-request.ts'
import type { Usage } from '../canonical/usage.ts'
import type { Endpoint } from '../catalog/endpoint.ts'
import type { Clock } from '../util/clock.ts'
import { explainRoute, type RouteExplanation } from './explain-route.ts'
import { createRoutingFeedback, type RoutingFeedback } from './routing-feedback.ts'
import type { Resolution } from './resolve/resolve.ts'
import { resolveModels, type Route, route, type RouteContext } from './route.ts'
import { Stickiness } from './stickiness.ts'
import { TokenCalibration } from '../health/token-calibration.ts'

export interface Router {
  /** Turns the words in `model` and `models` into models. */
  readonly resolve: (request: GenerationRequest, account: string) => Resolution
  readonly route: (request: GenerationRequest, resolution: Resolution, account: string) => Route
  readonly feedback: RoutingFeedback
  /** What to multiply an estimate of a prompt for this model by. */
  readonly calibration: (model: string) => number
  /** What `route` would answer now, with its reasons; nobody is called and nothing is remembered. */
  readonly explain: (request: GenerationRequest, account: string) => RouteExplanation
}

export interface RouterDependencies extends Pick<
  RouteContext,
  'credentials' | 'defaultModel' | 'adviceFor' | 'routerModels' | 'health' | 'chance' | 'mostCalls'
> {
  readonly catalog: () => RouteContext['catalog']
  readonly clock: Clock
  /** Idle time after which a session is forgotten. */
  readonly stickyTtlMs: number
  /** Nano-USD. `at` is in Unix milliseconds. */
  readonly price: (usage: Usage, endpoint: Endpoint, at: number) => number
}

/** Routing with its memory: sessions and what was learned about tokens. How endpoints are doing is known by `health`. */
export function createRouter(dependencies: RouterDependencies): Router {
  const { clock, health, price } = dependencies
  const stickiness = new Stickiness({ clock, ttlMs: dependencies.stickyTtlMs })
  const calibration = new TokenCalibration()
  const contextNow = (account: string): RouteContext => ({
    ...dependencies,
    catalog: dependencies.catalog(),
    stickiness,
    calibration,
    now: clock.monotonic(),
    account,
  })
  return {
    resolve: (request, account) => resolveModels(request, contextNow(account)),
    route: (request, resolution, account) => route(request, resolution, contextNow(account)),
    feedback: createRoutingFeedback(stickiness, calibration),
    calibration: (model) => calibration.factor(model),
    explain: (request, account) => {
      const context = contextNow(account)
      const found = route(request, resolveModels(request, context), context)
      return explainRoute(found, request, health, (endpoint, promptTokens, completionTokens) =>
        price({ promptTokens, completionTokens }, endpoint, clock.now()),
      )
    },
  }
}
