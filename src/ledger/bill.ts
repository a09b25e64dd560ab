import type { AttemptEntry } from '../canonical/generation-context.ts'
import type { FinishReason } from '../canonical/generation-event.ts'
import type { Outcome } from '../canonical/outcome.ts'
import { tokensOfLength } from '../canonical/prompt-tokens.ts'
import { addCost, addUsage, type Cost, noCost, type Usage } from '../canonical/usage.ts'
import type { Endpoint, Pricing } from '../catalog/endpoint.ts'
import type { BillableRequest } from './billable-request.ts'
import { priceUsage } from './price-usage.ts'

/** What was used, and what it costs the client. */
export interface Bill {
  readonly usage: Usage
  readonly cost: Cost
}

/** The bill of one part of an answer, and what its provider charges for it, which the operator pays. */
export interface PartBill extends Bill {
  /** Nano-USD. */
  readonly paid: number
}

/** The work of an endpoint that repeats the work of another, and that request and reply do not show. In UTF-16 units. */
export interface Repeated {
  /** The length of the answer that it read as prompt. */
  readonly prompt: number
  /** The length of the answer that it produced again. */
  readonly produced: number
}

/** The part of an answer that one endpoint gave. */
export interface Part {
  readonly endpoint: Endpoint
  /** Its entry in the context's log. */
  readonly entry: AttemptEntry
  readonly outcome: Outcome
  /** Null for the endpoint that began the answer. */
  readonly repeated: Repeated | null
}

/** The bill where no endpoint answered. */
const nothing: Bill = { usage: {}, cost: noCost }

/** Adds up bills. */
export const sumOf = (bills: readonly Bill[]): Bill => {
  const [first = nothing, ...others] = bills
  return others.reduce<Bill>(
    (one, other) => ({ usage: addUsage(one.usage, other.usage), cost: addCost(one.cost, other.cost) }),
    { usage: first.usage, cost: first.cost },
  )
}

/**
 * Bills a part at the prices of its own endpoint, in the tier that served it. Usage that the endpoint did not report is estimated. Where
 * the part broke off, so is what came after the last reported count, which may be the single token in Anthropic's first event.
 *
 * An endpoint that takes over an answer reads the prompt again. The client has been charged for the prompt already, so that is the
 * operator's loss (docs/billing.md).
 *
 * @param finish How the answer ended that the part belongs to.
 * @param at Unix milliseconds, for prices by time of day.
 * @param calibration Returns the factor by which the estimate of a prompt for this model is multiplied.
 */
export function billOf(
  request: BillableRequest,
  { endpoint, outcome, repeated }: Part,
  finish: FinishReason | null,
  at: number,
  calibration: (model: string) => number,
): PartBill {
  const pricing = pricingOf(endpoint, outcome)
  const used = withMedia(outcome.usage, request, pricing)
  const isBroken = outcome.finish === null || outcome.finish === 'error'
  // Who counts search units charges for no tokens. Where nothing was counted, both are estimated.
  const isUncounted = used.promptTokens === undefined && used.searchUnits === undefined
  const audioTokens = isUncounted ? estimateAudioTokens(used, request, pricing) : 0
  const promptTokens = isUncounted
    ? promptOf(request, endpoint, calibration) + tokensOfLength(repeated?.prompt ?? 0) + audioTokens
    : used.promptTokens
  const searchUnits = isUncounted && request.searchUnits > 0 ? request.searchUnits : used.searchUnits
  const { audio, image } = used.completionTokens === undefined || isBroken ? unreportedMedia(outcome) : noMedia
  const completionTokens =
    audio +
    image +
    (used.completionTokens === undefined
      ? tokensOfLength(outcome.produced + (repeated?.produced ?? 0) - request.echoedCharacters)
      : used.completionTokens + (isBroken ? tokensOfLength(outcome.produced - outcome.counted) : 0))
  const isReported = promptTokens === used.promptTokens && completionTokens === used.completionTokens
  // A provider that reports an amount reports it with its last count: before that, it is not the whole amount.
  const reportedCost = isReported ? used.reportedCost : undefined
  const usage = {
    ...used,
    promptTokens,
    completionTokens,
    ...(audioTokens > 0 && { promptAudioTokens: audioTokens }),
    ...(audio > 0 && { completionAudioTokens: (used.completionAudioTokens ?? 0) + audio }),
    ...(image > 0 && { completionImageTokens: (used.completionImageTokens ?? 0) + image }),
    reportedCost,
    searchUnits,
  }
  const paid = priceUsage(usage, pricing, 'stop', at, request.images).total
  const cost = priceUsage(usage, pricing, finish, at, request.images)
  const sourced: Cost = isReported ? cost : { ...cost, provenance: 'estimated' }
  return { paid, ...(repeated === null ? { usage, cost: sourced } : withoutPrompt(usage, sourced)) }
}

const noMedia = { audio: 0, image: 0 }

/** Speech and pictures are tokens with prices of their own. */
const unreportedMedia = ({ unreportedAudioTokens, unreportedImageTokens }: Outcome): typeof noMedia => ({
  audio: Math.ceil(unreportedAudioTokens),
  image: unreportedImageTokens,
})

/** Returns the highest amount that the provider of an abandoned call may charge for its prompt, which it was sent. */
export const paidForPrompt = (
  request: BillableRequest,
  endpoint: Endpoint,
  at: number,
  calibration: (model: string) => number,
): number => {
  const { searchUnits } = request
  const { pricing } = endpoint
  const audioTokens = estimateAudioTokens({}, request, pricing)
  const promptTokens = promptOf(request, endpoint, calibration) + audioTokens
  const usage = { promptTokens, promptAudioTokens: audioTokens, completionTokens: 0, searchUnits }
  return priceUsage(withMedia(usage, request, pricing), pricing, 'stop', at, request.images).total
}

/** Models that count audio in tokens have 10 of them for a second at least. */
const audioTokensPerSecond = 10

/** Estimates the tokens of the audio to transcribe, where its price is per token; 0 elsewhere. */
function estimateAudioTokens(
  { audioSeconds }: Usage,
  { media }: BillableRequest,
  { audioSecond, audio, prompt }: Pricing,
): number {
  const isCharged = media.likelySeconds > 0 && audioSecond === undefined && (audio ?? prompt) > 0
  return isCharged ? (audioSeconds ?? media.likelySeconds) * audioTokensPerSecond : 0
}

const promptOf = (request: BillableRequest, { model }: Endpoint, calibration: (model: string) => number): number =>
  Math.ceil(request.promptTokens() * calibration(model))

/**
 * Returns usage without tokens where something else is counted and charged. Audio whose length the provider does not tell is estimated by its
 * size, also where the answer broke off or the client left: the provider has read all of it.
 */
function withMedia(used: Usage, { media }: BillableRequest, pricing: Pricing): Usage {
  const isTimed = pricing.audioSecond !== undefined && media.likelySeconds > 0
  if (isTimed && used.audioSeconds === undefined) {
    return { promptTokens: 0, ...withoutAbsent(used), audioSeconds: media.likelySeconds }
  }
  const isCounted = (used.outputImages ?? used.inputCharacters ?? used.audioSeconds) !== undefined
  if (!isCounted || pricing.prompt > 0 || pricing.completion > 0 || (pricing.imageOutput ?? 0) > 0) return used
  return { promptTokens: 0, completionTokens: 0, ...withoutAbsent(used) }
}

/** A field that is set to undefined would hide the one before it. */
const withoutAbsent = (usage: Usage): Usage =>
  Object.fromEntries(Object.entries(usage).filter(([, count]) => count !== undefined))

const pricingOf = ({ tierPricing, pricing }: Endpoint, { serviceTier }: Outcome): Pricing =>
  tierPricing?.get(serviceTier ?? '') ?? pricing

/** Takes the prompt, and what is charged for each request, from a bill. */
function withoutPrompt(usage: Usage, { completion, isByok, provenance }: Cost): Bill {
  const { completionTokens, reasoningTokens, completionAudioTokens, completionImageTokens } = usage
  return {
    usage: { completionTokens, reasoningTokens, completionAudioTokens, completionImageTokens },
    cost: { total: completion, prompt: 0, completion, other: 0, tools: 0, isByok, provenance },
  }
}
