import type { GenerationRequest } from '../canonical/generation-request.ts'
import type { AdmittedEndpoint } from '../canonical/offered-model.ts'
import type { Caller } from '../canonical/principal.ts'
import type { Usage } from '../canonical/usage.ts'
import type { Endpoint } from '../catalog/endpoint.ts'
import type { Model } from '../catalog/model.ts'
import type { Clock } from '../util/clock.ts'
import { explainRoute, type RouteExplanation } from './explain-route.ts'
import { createRoutingFeedback, type RoutingFeedback } from './routing-feedback.ts'
import { findNamed, type Resolution } from './resolve/resolve.ts'
import { admit, resolveModels, type Route, route, type RouteContext } from './route.ts'
import type { Stickiness } from './stickiness.ts'
import type { TokenCalibration } from '../health/token-calibration.ts'
import { usableModels } from './usable-models.ts'

/** The choice of models and endpoints for a request. */
export interface Router {
  /** Resolves the slugs in `model` and `models`. */
  readonly resolve: (request: GenerationRequest, caller: Caller) => Resolution
  /** Chooses the endpoints to try, in order. */
  readonly route: (
    request: GenerationRequest,
    resolution: Resolution,
    caller: Caller,
    previousEndpointId?: string | null,
  ) => Route
  /** Lists the endpoints that a request of any length may be sent to, in the order of the models. */
  readonly admit: (request: GenerationRequest, resolution: Resolution, caller: Caller) => readonly AdmittedEndpoint[]
  readonly feedback: RoutingFeedback
  /** Finds the one model that a name means to an account, as the name of a request is read; null for a router model and for an unknown name. */
  readonly find: (name: string, account?: string) => Model | null
  /** Lists the models that a caller may use, each with the endpoints that the caller may use. */
  readonly usable: (caller: Caller) => readonly Model[]
  /** Explains what `route` would choose now. Calls no endpoint, and changes no session. */
  readonly explain: (request: GenerationRequest, caller: Caller) => RouteExplanation
}

/** What the router is given. */
export interface RouterDependencies extends Pick<
  RouteContext,
  'credentials' | 'defaultModel' | 'rename' | 'adviceFor' | 'routerModels' | 'health' | 'chance' | 'mostCalls'
> {
  readonly stickiness: Stickiness
  readonly calibration: TokenCalibration
  /** Returns what is offered to an account; without one, what is offered to all. */
  readonly catalog: (account?: string) => RouteContext['catalog']
  /** Returns the keys that a caller's account brought for providers and the caller may use; null where it brought none. */
  readonly ownKeys: (caller: Caller) => RouteContext['ownKeys']
  readonly clock: Clock
  /** Nano-USD. `at` is in Unix milliseconds. */
  readonly price: (usage: Usage, endpoint: Endpoint, at: number) => number
}

/**
 * Creates a router. It has no state of its own: what is learned is in `stickiness`, `calibration` and `health`, which outlive it when the
 * configuration changes.
 */
export function createRouter(dependencies: RouterDependencies): Router {
  const { clock, health, price, stickiness, calibration } = dependencies
  const contextNow = (caller: Caller): RouteContext => ({
    ...dependencies,
    catalog: dependencies.catalog(caller.account),
    ownKeys: dependencies.ownKeys(caller),
    now: clock.monotonic(),
    account: caller.account,
  })
  return {
    resolve: (request, caller) => resolveModels(request, contextNow(caller)),
    route: (request, resolution, caller, previousEndpointId) =>
      route(request, resolution, contextNow(caller), previousEndpointId),
    admit: (request, resolution, caller) => admit(request, resolution, contextNow(caller)),
    find: (name, account) => findNamed(name, { ...dependencies, catalog: dependencies.catalog(account) }),
    usable: (caller) => usableModels(contextNow(caller)),
    feedback: createRoutingFeedback(stickiness, calibration),
    explain: (request, caller) => {
      const context = contextNow(caller)
      const found = route(request, resolveModels(request, context), context)
      return explainRoute(found, request, health, (endpoint, promptTokens, completionTokens) =>
        price({ promptTokens, completionTokens }, endpoint, clock.now()),
      )
    },
  }
}
