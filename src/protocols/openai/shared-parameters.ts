import type { Static, TObject } from 'typebox'
import type { Parameters } from '../../canonical/generation-request.ts'
import { decodeReasoningRequest } from '../gateway-fields/decode-reasoning-request.ts'
import { decodeResponseFormat, encodeResponseFormat } from './response-format.ts'
import type { reasoningProperties } from '../../canonical/settings/reasoning.ts'
import type { ResponseFormat } from './schema/response-format.ts'
import type { samplingProperties } from './schema/sampling.ts'
import { withoutEmptyStops } from './stops.ts'
import type { WireParameters } from './wire-parameters.ts'

type SharedFields = Static<TObject<typeof samplingProperties & typeof reasoningProperties>> & {
  readonly response_format?: ResponseFormat | null
  readonly service_tier?: Parameters['serviceTier'] | 'fast' | null
  readonly speed?: 'fast' | 'standard' | null
}

/** Decodes the parameters that chat and completions write in the same way. Null means absent. */
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
    stop: decodeStops(wire.stop),
    responseFormat: decodeResponseFormat(wire.response_format),
    reasoning: decodeReasoningRequest(wire),
    serviceTier: decodeServiceTier(wire),
  }
}

function decodeStops(stop: SharedFields['stop']): Parameters['stop'] {
  const said = withoutEmptyStops(stop)
  return typeof said === 'string' ? [said] : said
}

/** Decodes the service tier: `fast` is `priority`, and Anthropic's `speed` is another field for the same setting (contract §6.10). */
function decodeServiceTier({ service_tier, speed }: SharedFields): Parameters['serviceTier'] {
  if (service_tier === 'fast' || (!service_tier && speed === 'fast')) return 'priority'
  return service_tier ?? undefined
}

/** How the same parameters are encoded. Token limit, reasoning and tier depend on the upstream: `encodeSharedRequest` adds them. */
export const sharedWireParameters = {
  temperature: { fields: ['temperature'], encode: ({ temperature }) => temperature },
  topP: { fields: ['top_p'], encode: ({ topP }) => topP },
  topK: { fields: ['top_k'], encode: ({ topK }) => topK },
  minP: { fields: ['min_p'], encode: ({ minP }) => minP },
  topA: { fields: ['top_a'], encode: ({ topA }) => topA },
  frequencyPenalty: { fields: ['frequency_penalty'], encode: ({ frequencyPenalty }) => frequencyPenalty },
  presencePenalty: { fields: ['presence_penalty'], encode: ({ presencePenalty }) => presencePenalty },
  repetitionPenalty: { fields: ['repetition_penalty'], encode: ({ repetitionPenalty }) => repetitionPenalty },
  logitBias: { fields: ['logit_bias'], encode: ({ logitBias }) => logitBias },
  seed: { fields: ['seed'], encode: ({ seed }) => seed },
  stop: { fields: ['stop'], encode: ({ stop }) => stop },
  responseFormat: {
    fields: ['response_format'],
    encode: ({ responseFormat }) => encodeResponseFormat(responseFormat),
  },
  maxTokens: { fields: ['max_tokens', 'max_completion_tokens'] },
  reasoning: { fields: ['reasoning', 'reasoning_effort', 'include_reasoning'] },
  serviceTier: { fields: ['service_tier', 'speed'] },
} satisfies Partial<WireParameters>
