import type { GatewayError } from '../canonical/errors.ts'
import type { GenerationRequest } from '../canonical/generation-request.ts'
import type { Endpoint } from '../catalog/endpoint.ts'
import type { EndpointState, HealthView } from '../health/endpoint-health.ts'
import type { PipelineStage, Strategy } from '../canonical/router-metadata.ts'
import { estimatePromptTokens } from '../canonical/prompt-tokens.ts'
import type { Refusal } from './filters/filter.ts'
import { firstPickShares } from './rankers/load-balancing.ts'
import type { Route } from './route.ts'

/** What an answer is taken to be as long as, where the request sets no limit. */
const usualCompletionTokens = 500

/** Answers "why this provider?": what would be tried for a request, in which order, and why not the rest. */
export interface RouteExplanation {
  readonly requested: string
  readonly strategy: Strategy
  /** The models, in the order to try. */
  readonly models: readonly string[]
  /** What a router model did; null for any other. */
  readonly stage: PipelineStage | null
  readonly promptTokens: number
  /** `max_tokens`, or what an answer usually is. */
  readonly completionTokens: number
  /** The rules that made the order, for each model or pool of models; of two that disagree the later won. */
  readonly rankedBy: readonly (readonly string[])[]
  /** In the order in which they would be tried. */
  readonly tried: readonly TriedEndpoint[]
  readonly leftOut: readonly LeftOutEndpoint[]
  /** What the request itself would be answered with. */
  readonly error: GatewayError | null
}

export interface ExplainedEndpoint {
  readonly endpoint: Endpoint
  /** What is known of it; null when it was never called, or not for long. */
  readonly state: EndpointState | null
  /** Nano-USD for this request, by `promptTokens` and `completionTokens`. */
  readonly estimatedCost: number
}

export interface TriedEndpoint extends ExplainedEndpoint {
  /** How likely it is to be the first under load balancing, 0 to 1; null where the order is fixed. */
  readonly firstPickShare: number | null
  readonly rateLimited: boolean
  /** Whether the session is with it. */
  readonly sticky: boolean
}

export interface LeftOutEndpoint extends ExplainedEndpoint {
  /** Name of the filter that refused it. */
  readonly rule: string
  readonly refusal: Refusal
}

/** @param price What one call costs in nano-USD. */
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
