import type { GenerationRequest, Parameters } from '../canonical/generation-request.ts'
import { type ReasoningEffort, type ReasoningRequest, refusesReasoning } from '../canonical/reasoning.ts'
import type { Endpoint, ReasoningSupport } from '../catalog/endpoint.ts'
import type { Model } from '../catalog/model.ts'
import { requestedTiers } from '../catalog/requested-tiers.ts'
import type { ModelChoice } from '../router/resolve/resolve.ts'

/**
 * Derives the request that this endpoint is sent. Returns the request itself where nothing differs. Each attempt starts from the untouched
 * request (principle 5).
 *
 * @param maxTokens The output limit to send, where the key can pay only a part of the longest answer. Undefined: the client's own.
 */
export function prepareAttempt(
  request: GenerationRequest,
  endpoint: Endpoint,
  choices: ReadonlyMap<string, ModelChoice>,
  maxTokens?: number,
): GenerationRequest {
  if (maxTokens !== undefined) {
    const limited = { ...request, parameters: { ...request.parameters, maxTokens } }
    return prepareAttempt(limited, endpoint, choices)
  }
  if (request.stream && !streamsOf(request)(endpoint)) {
    return prepareAttempt({ ...request, stream: false }, endpoint, choices)
  }
  const choice = choices.get(endpoint.model)
  if (choice === undefined) return request
  const { model, thinking } = choice
  const reasoning = reasoningFor(request.parameters.reasoning, endpoint.reasoning, thinking)
  const serviceTier = tierFor(request, endpoint, model)
  if (reasoning === request.parameters.reasoning && serviceTier === request.parameters.serviceTier) return request
  return { ...request, parameters: { ...request.parameters, reasoning, serviceTier } }
}

/** Returns the test whether an endpoint answers the request with a stream. The test does not keep the request in memory. */
export const streamsOf =
  ({ stream, operation }: Pick<GenerationRequest, 'stream' | 'operation'>) =>
  ({ wholeReplies }: Endpoint): boolean =>
    stream && wholeReplies?.includes(operation) !== true

/**
 * Returns the service tier to send. Where the model has an endpoint of the tier that was asked for, only that endpoint is asked for it: a
 * default endpoint serves, and charges, as the default tier (contract §6.10). Where no endpoint has that tier, the provider may still
 * support it, so the client's value is sent.
 */
function tierFor(request: GenerationRequest, endpoint: Endpoint, model: Model): Parameters['serviceTier'] {
  const tiers = requestedTiers(request)
  if (endpoint.tier !== 'default' || !model.endpoints.some(({ tier }) => tiers.includes(tier))) {
    return request.parameters.serviceTier
  }
  return 'default'
}

/** The efforts from least to most. */
const ladder: readonly ReasoningEffort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']

/** Translates what the client asks of reasoning into efforts that the model supports (contract §1.6). */
function reasoningFor(
  requested: ReasoningRequest | undefined,
  support: ReasoningSupport | null,
  thinking: boolean,
): ReasoningRequest | undefined {
  if (support === null) return requested
  if (thinking && (requested === undefined || isUnspecified(requested))) return { ...requested, enabled: true }
  if (requested === undefined) return requested
  if (refusesReasoning(requested)) {
    return support.mandatory
      ? { ...requested, effort: lowest(support), enabled: undefined, maxTokens: undefined }
      : requested
  }
  const { effort } = requested
  if (effort === undefined || support.supportedEfforts === null || support.supportedEfforts.includes(effort))
    return requested
  return { ...requested, effort: nearest(effort, support.supportedEfforts) }
}

const isUnspecified = ({ effort, enabled, maxTokens }: ReasoningRequest): boolean =>
  effort === undefined && enabled === undefined && maxTokens === undefined

const lowest = ({ supportedEfforts }: ReasoningSupport): ReasoningEffort =>
  ladder.find((effort) => effort !== 'none' && (supportedEfforts?.includes(effort) ?? effort === 'minimal')) ?? 'low'

/** Returns the supported effort that is the fewest steps away; of two equally near, the higher one. */
function nearest(effort: ReasoningEffort, supported: readonly string[]): ReasoningEffort {
  const place = ladder.indexOf(effort)
  const known = ladder.filter((step) => step !== 'none' && supported.includes(step))
  return known.reduce<ReasoningEffort>(
    (best, step) => (Math.abs(ladder.indexOf(step) - place) <= Math.abs(ladder.indexOf(best) - place) ? step : best),
    known[0] ?? effort,
  )
}
