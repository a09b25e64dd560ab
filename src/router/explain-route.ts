import type { GatewayError } from '../canonical/errors.ts'
import type { GenerationRequest } from '../canonical/generation-request.ts'
import type { Endpoint } from '../catalog/endpoint.ts'
import type { EndpointState, HealthView } from '../health/endpoint-health.ts'
import type { PipelineStage, Strategy } from '../canonical/router-metadata.ts'
import { estimatePromptTokens } from '../canonical/prompt-tokens.ts'
import type { Refusal } from './filters/filter.ts'
import { firstPickShares } from './rankers/load-balancing.ts'
import type { Route } from './route.ts'

/** The assumed length of an answer where the request sets no limit. */
const usualCompletionTokens = 500

/** The explanation of a route: which endpoints would be tried for a request, in which order, and why the others are left out. */
export interface RouteExplanation {
  readonly requested: string
  readonly strategy: Strategy
  /** The models, in the order to try. */
  readonly models: readonly string[]
  /** The stage of a router model; null where no router model was used. */
  readonly stage: PipelineStage | null
  readonly promptTokens: number
  /** `max_tokens`, or the assumed length of an answer. */
  readonly completionTokens: number
  /** The rankers that made the order, for each model or pool of models. A later one takes precedence. */
  readonly rankedBy: readonly (readonly string[])[]
  /** The endpoints in the order in which they would be tried. */
  readonly tried: readonly TriedEndpoint[]
  readonly leftOut: readonly LeftOutEndpoint[]
  /** The error that the request would get; null where it can be served. */
  readonly error: GatewayError | null
}

/** What is shown of every endpoint. */
export interface ExplainedEndpoint {
  readonly endpoint: Endpoint
  /** Its state; null when it was never called, or not for a long time. */
  readonly state: EndpointState | null
  /** The cost of this request in nano-USD, by `promptTokens` and `completionTokens`. */
  readonly estimatedCost: number
}

/** An endpoint that would be tried. */
export interface TriedEndpoint extends ExplainedEndpoint {
  /** The probability that load balancing puts it first, 0 to 1; null where the order is fixed. */
  readonly firstPickShare: number | null
  readonly rateLimited: boolean
  /** Whether the session of the request stays with it. */
  readonly sticky: boolean
}

/** An endpoint that would not be tried. */
export interface LeftOutEndpoint extends ExplainedEndpoint {
  /** The name of the filter that refused it. */
  readonly rule: string
  readonly refusal: Refusal
}

/**
 * Explains a route.
 * @param price Computes the cost of one call in nano-USD.
 */
export function explainRoute(
  route: Route,
  request: GenerationRequest,
  health: HealthView,
  price: (endpoint: Endpoint, promptTokens: number, completionTokens: number) => number,
): RouteExplanation {
  const promptTokens = route.estimatedTokens ?? estimatePromptTokens(request)
  const completionTokens = request.parameters.maxTokens ?? usualCompletionTokens
  const explained = (endpoint: Endpoint, state: EndpointState | null): ExplainedEndpoint => ({
    endpoint,
    state,
    estimatedCost: price(endpoint, promptTokens, completionTokens),
  })
  const tried = route.rankings.flatMap(({ order, rankedBy }) => {
    const shares = firstPickShares(order, rankedBy)
    return order.map((contender): TriedEndpoint => ({
      ...explained(contender.endpoint, contender.state),
      firstPickShare: shares?.get(contender) ?? (shares === null ? null : 0),
      rateLimited: contender.limited,
      sticky: contender.endpoint.id === route.stickyEndpointId,
    }))
  })
  return {
    requested: route.requested,
    strategy: route.strategy,
    models: [...new Set([...tried.map(({ endpoint }) => endpoint.model), ...route.choices.keys()])],
    stage: route.stage ?? null,
    promptTokens,
    completionTokens,
    rankedBy: route.rankings.map(({ rankedBy }) => rankedBy),
    tried,
    leftOut: route.exclusions.map(({ endpoint, filter, refusal }) => ({
      ...explained(endpoint, health.state(endpoint.id)),
      rule: filter.name,
      refusal,
    })),
    error: route.error,
  }
}
