import { usd } from '../canonical/money.ts'
import type { GenerationRequest } from '../canonical/generation-request.ts'
import type { Endpoint } from '../catalog/endpoint.ts'
import type { HealthView } from '../health/endpoint-health.ts'
import { estimatePromptTokens } from '../canonical/prompt-tokens.ts'
import { firstPickShares } from './rankers/load-balancing.ts'
import type { Contender } from './rankers/ranker.ts'
import type { Route } from './route.ts'

/** What an answer is taken to be as long as, where the request sets no limit. */
const usualCompletionTokens = 500

/** Answers "why this provider?": what would be tried for a request, in which order, and why not the rest. */
export interface RouteExplanation {
  readonly requested: string
  readonly strategy: string
  /** The models, in the order to try. */
  readonly models: readonly string[]
  /** What a router model did; null for any other. */
  readonly router: { readonly name: string; readonly summary?: string; readonly data?: object } | null
  readonly prompt_tokens: number
  /** `max_tokens`, or what an answer usually is. */
  readonly completion_tokens: number
  /** The rules that made the order, for each model or pool of models; of two that disagree the later won. */
  readonly ranked_by: readonly (readonly string[])[]
  /** First those that would be tried, in order, then those that are left out. */
  readonly candidates: readonly ExplainedCandidate[]
  readonly error: { readonly code: number; readonly message: string } | null
}

export interface ExplainedCandidate {
  /** From 1; null for one that is left out. */
  readonly place: number | null
  readonly model: string
  readonly provider: string
  readonly endpoint: string
  readonly upstream_model: string
  /** USD per million tokens. */
  readonly prompt_price: number
  readonly completion_price: number
  /** USD for this request, by `prompt_tokens` and `completion_tokens`. */
  readonly estimated_cost: number
  readonly excluded_by: { readonly rule: string; readonly field: string; readonly detail: string } | null
  /** How likely it is to be the first under load balancing, 0 to 1; null where the order is fixed. */
  readonly first_pick_share: number | null
  readonly condition: string
  readonly rate_limited: boolean
  readonly uptime_class: string
  /** Milliseconds to the first token and tokens a second, medians of five minutes; null where nothing is known. */
  readonly latency_p50: number | null
  readonly throughput_p50: number | null
  readonly tool_success: number | null
  readonly sticky: boolean
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
  const cost = (endpoint: Endpoint): number => usd(price(endpoint, promptTokens, completionTokens))
  const contenders = route.rankings.flatMap(({ order, rankedBy }) => {
    const shares = firstPickShares(order, rankedBy)
    return order.map((contender) => ({ contender, share: shares?.get(contender) ?? (shares === null ? null : 0) }))
  })
  const tried = contenders.map(({ contender, share }, index) => ({
    place: index + 1,
    ...describe(contender.endpoint, contender.state),
    estimated_cost: cost(contender.endpoint),
    excluded_by: null,
    first_pick_share: share,
    rate_limited: contender.limited,
    sticky: contender.endpoint.id === route.stuckTo,
  }))
  const leftOut = route.exclusions.map(({ endpoint, filter, refusal: { field, detail } }) => ({
    place: null,
    ...describe(endpoint, health.state(endpoint.id)),
    estimated_cost: cost(endpoint),
    excluded_by: { rule: filter.name, field, detail },
    first_pick_share: null,
    rate_limited: false,
    sticky: false,
  }))
  const { error, stage } = route
  return {
    requested: route.requested,
    strategy: route.strategy,
    models: [...new Set([...contenders.map(({ contender }) => contender.endpoint.model), ...route.choices.keys()])],
    router: stage === undefined ? null : { name: stage.name, summary: stage.summary, data: stage.data },
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    ranked_by: route.rankings.map(({ rankedBy }) => rankedBy),
    candidates: [...tried, ...leftOut],
    error: error === null ? null : { code: error.status, message: error.message },
  }
}

/** A price of one USD per million tokens, in pico-USD a token. */
const perMillion = 1_000_000

function describe(endpoint: Endpoint, state: Contender['state']) {
  return {
    model: endpoint.model,
    provider: endpoint.providerName,
    endpoint: endpoint.tag,
    upstream_model: endpoint.upstreamModel,
    prompt_price: endpoint.pricing.prompt / perMillion,
    completion_price: endpoint.pricing.completion / perMillion,
    condition: state?.condition ?? 'stable',
    uptime_class: state?.uptimeClass ?? 'unknown',
    latency_p50: state?.latency?.p50 ?? null,
    throughput_p50: state?.throughput?.p50 ?? null,
    tool_success: state?.toolSuccess ?? null,
  }
}
