import type { GenerationRequest, Parameters } from '../canonical/generation-request.ts'
import { type ReasoningEffort, type ReasoningRequest, refusesReasoning } from '../canonical/reasoning.ts'
import type { Endpoint, ReasoningSupport } from '../catalog/endpoint.ts'
import type { Model } from '../catalog/model.ts'
import { requestedTiers } from '../catalog/requested-tiers.ts'
import type { ModelChoice } from '../router/resolve/resolve.ts'

/**
 * The request as this candidate is to get it; the request itself where nothing differs. Each candidate starts from the untouched one
 * (principle 5).
 */
export function prepareAttempt(
  request: GenerationRequest,
  endpoint: Endpoint,
  choices: ReadonlyMap<string, ModelChoice>,
): GenerationRequest {
  const choice = choices.get(endpoint.model)
  if (choice === undefined) return request
  const { model, thinking } = choice
  const reasoning = reasoningFor(request.parameters.reasoning, endpoint.reasoning, thinking)
  const serviceTier = tierFor(request, endpoint, model)
  if (reasoning === request.parameters.reasoning && serviceTier === request.parameters.serviceTier) return request
  return { ...request, parameters: { ...request.parameters, reasoning, serviceTier } }
}

/**
 * Who asks for a tier that the model has at an endpoint of its own gets it there alone: a default endpoint serves, and charges, as the
 * default tier (contract §6.10). Where no endpoint is of that tier, the provider may know more, and is told.
 */
function tierFor(request: GenerationRequest, endpoint: Endpoint, model: Model): Parameters['serviceTier'] {
  const tiers = requestedTiers(request)
  if (endpoint.tier !== 'default' || !model.endpoints.some(({ tier }) => tiers.includes(tier))) {
    return request.parameters.serviceTier
  }
  return 'default'
}

/** From least to most. */
const ladder: readonly ReasoningEffort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']

/** A wish about reasoning in efforts that the model has (contract §1.6). */
function reasoningFor(
  wish: ReasoningRequest | undefined,
  support: ReasoningSupport | null,
  thinking: boolean,
): ReasoningRequest | undefined {
  if (support === null) return wish
  if (thinking && (wish === undefined || saysNothing(wish))) return { ...wish, enabled: true }
  if (wish === undefined) return wish
  if (refusesReasoning(wish)) {
    return support.mandatory ? { ...wish, effort: lowest(support), enabled: undefined, maxTokens: undefined } : wish
  }
  const { effort } = wish
  if (effort === undefined || support.supportedEfforts === null || support.supportedEfforts.includes(effort))
    return wish
  return { ...wish, effort: nearest(effort, support.supportedEfforts) }
}

const saysNothing = ({ effort, enabled, maxTokens }: ReasoningRequest): boolean =>
  effort === undefined && enabled === undefined && maxTokens === undefined

const lowest = ({ supportedEfforts }: ReasoningSupport): ReasoningEffort =>
  ladder.find((effort) => effort !== 'none' && (supportedEfforts?.includes(effort) ?? effort === 'minimal')) ?? 'low'

/** The supported effort that is the fewest steps away, the higher of two. */
function nearest(effort: ReasoningEffort, supported: readonly string[]): ReasoningEffort {
  const place = ladder.indexOf(effort)
  const known = ladder.filter((step) => step !== 'none' && supported.includes(step))
  return known.reduce<ReasoningEffort>(
    (best, step) => (Math.abs(ladder.indexOf(step) - place) <= Math.abs(ladder.indexOf(best) - place) ? step : best),
    known[0] ?? effort,
  )
}
