import type { Static, TObject } from 'typebox'
import type { Parameters } from '../canonical/generation-request.ts'
import type { JsonObject } from '../util/json.ts'
import { decodeReasoningRequest } from './reasoning.ts'
import { decodeResponseFormat, encodeResponseFormat } from './response-format.ts'
import type { reasoningProperties } from './schema/reasoning.ts'
import type { ResponseFormat } from './schema/response-format.ts'
import type { samplingProperties } from './schema/sampling.ts'

type SharedFields = Static<TObject<typeof samplingProperties & typeof reasoningProperties>> & {
  readonly response_format?: ResponseFormat | null
  readonly service_tier?: Parameters['serviceTier'] | 'fast' | null
  readonly speed?: 'fast' | 'standard' | null
}

/** The parameters that chat and completions spell alike. Null means absent. */
export function decodeSharedParameters(wire: SharedFields): Parameters {
  return {
    temperature: wire.temperature ?? undefined,
    topP: wire.top_p ?? undefined,
    topK: wire.top_k ?? undefined,
    minP: wire.min_p ?? undefined,
    topA: wire.top_a ?? undefined,
    frequencyPenalty: wire.frequency_penalty ?? undefined,
    presencePenalty: wire.presence_penalty ?? undefined,
    repetitionPenalty: wire.repetition_penalty ?? undefined,
    logitBias: wire.logit_bias ?? undefined,
    seed: wire.seed ?? undefined,
    stop: typeof wire.stop === 'string' ? [wire.stop] : (wire.stop ?? undefined),
    responseFormat: decodeResponseFormat(wire.response_format),
    reasoning: decodeReasoningRequest(wire),
    serviceTier: decodeServiceTier(wire),
  }
}

/** `fast` is `priority`, and Anthropic's `speed` is the same wish in other words (contract §6.10). */
function decodeServiceTier({ service_tier, speed }: SharedFields): Parameters['serviceTier'] {
  if (service_tier === 'fast' || (!service_tier && speed === 'fast')) return 'priority'
  return service_tier ?? undefined
}

/**
 * The same in the language's own names, for requests that came in another one or were changed on the way. What depends on the upstream
 * (token limit, reasoning, tier) is added by `encodeSharedRequest`.
 */
export function encodeSharedParameters(parameters: Parameters): JsonObject {
  return {
    temperature: parameters.temperature,
    top_p: parameters.topP,
    top_k: parameters.topK,
    min_p: parameters.minP,
    top_a: parameters.topA,
    frequency_penalty: parameters.frequencyPenalty,
    presence_penalty: parameters.presencePenalty,
    repetition_penalty: parameters.repetitionPenalty,
    logit_bias: parameters.logitBias,
    seed: parameters.seed,
    stop: parameters.stop,
    response_format: encodeResponseFormat(parameters.responseFormat),
  }
}
