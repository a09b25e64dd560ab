import { askedChoices } from '../canonical/asked-choices.ts'
import type { GenerationRequest } from '../canonical/generation-request.ts'
import { mediaTokens } from '../canonical/media-tokens.ts'
import { estimateError } from '../canonical/prompt-tokens.ts'
import type { Endpoint, Pricing } from '../catalog/endpoint.ts'
import { amountAtMost } from './amount.ts'
import type { BillableRequest } from './billable-request.ts'
import { overridesInForce } from './price-usage.ts'

/** What a hold needs to know of a request. It keeps no part of the prompt. */
export interface Demand {
  readonly stream: boolean
  /** The output limit of the client, for one choice. */
  readonly maxTokens: number | undefined
  /** The budget of the client for thoughts; 0 where it set none. */
  readonly thoughts: number
  /** How many answers the request asks for. */
  readonly choices: number
  /** How often an endpoint that serves only chat reads each prompt of a completion. */
  readonly samples: number
  /** How many calls such an endpoint takes; 0 where every endpoint takes one. */
  readonly chatCalls: number
  /** The texts of a prompt have no more tokens than its body has bytes. Null where the length of the body is not known. */
  readonly bytes: number | null
  readonly hasAudio: boolean
  /** The most tokens of each image, file, sound and video. */
  readonly mediaTokens: readonly number[]
  /** How many prompts have the context of the model each to itself. */
  readonly contexts: number
  readonly billable: BillableRequest
}

/** Takes from a request what a hold needs. */
export function demandOf(request: GenerationRequest, billable: BillableRequest): Demand {
  const { stream, input, parameters, source } = request
  const hasAudio = 'modalities' in input && input.modalities.has('audio')
  const { maxTokens, reasoning } = parameters
  const contexts =
    input.type === 'embeddings' ? input.inputs.length : input.type === 'rerank' ? input.documents.length : 1
  const media = { hasAudio, mediaTokens: mediaTokens(request), contexts }
  const common = { stream, maxTokens, thoughts: reasoning?.maxTokens ?? 0, bytes: source.bytes, ...media, billable }
  if (input.type === 'messages') {
    return { ...common, choices: askedChoices(source.body), samples: 1, chatCalls: 0 }
  }
  // With a ranking, each document is read together with the query, so that the length of the body limits nothing.
  if (input.type === 'rerank') return { ...common, bytes: null, choices: 1, samples: 1, chatCalls: 0 }
  if (input.type === 'images') return { ...common, choices: input.n ?? 1, samples: 1, chatCalls: 0 }
  if (input.type === 'transcription')
    return { ...common, bytes: null, hasAudio: true, choices: 1, samples: 1, chatCalls: 0 }
  if (input.type !== 'prompts') return { ...common, choices: 1, samples: 1, chatCalls: 0 }
  const { prompts, n = 1, bestOf = n } = input
  return { ...common, choices: prompts.length * Math.max(n, bestOf), samples: n, chatCalls: prompts.length * n }
}

/** The context of a model of which nothing is known. */
const unknownContext = 131_072

/** Returns the most tokens of all media together: no prompt is longer than the context of the model. */
function heldMediaTokens({ mediaTokens, contexts }: Demand, { contextLength }: Endpoint): number {
  if (mediaTokens.length === 0) return 0
  const context = contextLength ?? unknownContext
  const all = mediaTokens.reduce((sum, tokens) => sum + Math.min(tokens, context), 0)
  return Math.min(all, context * contexts)
}

/** What a call may cost. */
export interface WorstCase {
  /** Everything but the answer, in nano-USD. */
  readonly base: number
  /** The price of one token of an answer, in pico-USD. */
  readonly perToken: number
}

/**
 * Estimates the tokens of a prompt for a hold: rather too many, because what is held too low is spent beyond a limit.
 * @param surplus How many tokens more than estimated the endpoint usually counts.
 */
export function heldPromptTokens({ billable }: Demand, correction: number, surplus: number): number {
  const estimated = billable.promptTokens()
  return Math.ceil(Math.max(estimated * correction * (1 + estimateError), estimated + surplus))
}

/**
 * Returns the most that a call can cost, but for the length of its answer: each token at the highest price that may apply to it.
 * @param textTokens At least the tokens of the prompt, but for its media.
 * @param at Unix milliseconds, for prices by time of day.
 */
export function worstCase(demand: Demand, endpoint: Endpoint, textTokens: number, at: number): WorstCase {
  const promptTokens = textTokens + heldMediaTokens(demand, endpoint)
  const isSplit = demand.chatCalls > 0 && !endpoint.operations.includes('completions')
  const { prompt, completion, request, image, searchUnit } = highestPrices(demand, endpoint, promptTokens, at)
  const base =
    amountAtMost(promptTokens * (isSplit ? demand.samples : 1), prompt) +
    amountAtMost(isSplit ? demand.chatCalls : 1, request) +
    amountAtMost(demand.billable.images, image) +
    amountAtMost(demand.billable.searchUnits, searchUnit) +
    mediaAtMost(demand.billable, endpoint.pricing, prompt)
  return { base, perToken: completion }
}

/** Models that count audio in tokens have 10 to 17 of them for a second. */
const audioTokensPerSecond = 17

/** The prices of media do not change with the length of the prompt. */
const mediaAtMost = ({ media }: BillableRequest, pricing: Pricing, perAudioToken: number): number =>
  amountAtMost(media.outputImages, pricing.outputImage ?? 0) +
  amountAtMost(media.characters, pricing.character ?? 0) +
  amountAtMost(media.longestSeconds, pricing.audioSecond ?? 0) +
  amountAtMost(media.longestSeconds * audioTokensPerSecond, perAudioToken)

/** Returns the highest cost of a call whose answers have so many tokens together. */
export const costOf = ({ base, perToken }: WorstCase, tokens: number): number => base + amountAtMost(tokens, perToken)

/** Returns how many tokens the answers may have together, so that the call costs no more than `left`. */
export const affordableTokens = ({ base, perToken }: WorstCase, left: number): number =>
  perToken === 0 ? 0 : Math.max(0, Math.floor(((left - base) * 1000) / perToken))

interface HighestPrices {
  readonly prompt: number
  readonly completion: number
  readonly request: number
  readonly image: number
  readonly searchUnit: number
}

function highestPrices(
  { hasAudio, billable: { images } }: Demand,
  { pricing, outputModalities }: Endpoint,
  promptTokens: number,
  at: number,
): HighestPrices {
  const lists: readonly Partial<Pricing>[] = [
    pricing,
    ...overridesInForce(pricing, promptTokens, at).map((override) => override.pricing),
  ]
  const highest = (...kinds: readonly Exclude<keyof Pricing, 'overrides'>[]): number => {
    let most = 0
    for (const list of lists) for (const kind of kinds) most = Math.max(most, list[kind] ?? 0)
    return most
  }
  return {
    prompt: highest(
      'prompt',
      'inputCacheWrite',
      'inputCacheWrite1h',
      ...(hasAudio ? (['audio'] as const) : []),
      ...(images > 0 ? (['imageToken'] as const) : []),
    ),
    completion: highest(
      'completion',
      'internalReasoning',
      ...(outputModalities.includes('audio') || outputModalities.includes('speech') ? (['audioOutput'] as const) : []),
      ...(outputModalities.includes('image') ? (['imageOutput'] as const) : []),
    ),
    request: highest('request'),
    image: highest('image'),
    searchUnit: highest('searchUnit'),
  }
}

/** The longest answer that is expected of an endpoint whose limits are not known. */
const unknownOutput = 4_096
/** The least `max_tokens` that some endpoints accept: a lower one is raised to it. */
const leastMaxTokens = 16

const knownLimit = ({ maxCompletionTokens, contextLength }: Endpoint): number | null =>
  maxCompletionTokens ?? contextLength

/**
 * Returns the longest answer that this request can get from an endpoint where the client set no limit, in tokens. Where nothing limits the
 * answer, a budget for thoughts comes on top, as Messages endpoints are asked for it.
 */
export const largestOutput = ({ thoughts }: Demand, endpoint: Endpoint): number =>
  knownLimit(endpoint) ?? unknownOutput + thoughts

/** Returns the longest answer that this request can get from an endpoint; undefined where the client set no limit. */
export const limitedOutput = ({ maxTokens }: Demand, endpoint: Endpoint): number | undefined =>
  maxTokens === undefined ? undefined : Math.min(Math.max(maxTokens, leastMaxTokens), knownLimit(endpoint) ?? Infinity)
