/**
 * Token counts as the upstream's own tokenizer reports them. Absent is not zero: a field is set only when the upstream said so.
 * Reasoning tokens are inside `completionTokens`; cached and cache-write tokens are inside `promptTokens`.
 */
export interface Usage {
  readonly promptTokens?: number
  readonly completionTokens?: number
  readonly cachedTokens?: number
  readonly cacheWriteTokens?: number
  /** Those of `cacheWriteTokens` that are kept for an hour, where the upstream tells them apart. */
  readonly cacheWrite1hTokens?: number
  readonly promptAudioTokens?: number
  /** Those of `cachedTokens` that are audio; they are inside `promptAudioTokens` as well. */
  readonly cachedAudioTokens?: number
  readonly promptVideoTokens?: number
  readonly reasoningTokens?: number
  readonly completionAudioTokens?: number
  readonly completionImageTokens?: number
  readonly acceptedPredictionTokens?: number
  readonly rejectedPredictionTokens?: number
  readonly webSearchRequests?: number
}

/** What several calls used together. What none of them reported stays absent. */
export function addUsage(one: Usage, other: Usage): Usage {
  return {
    promptTokens: add(one.promptTokens, other.promptTokens),
    completionTokens: add(one.completionTokens, other.completionTokens),
    cachedTokens: add(one.cachedTokens, other.cachedTokens),
    cacheWriteTokens: add(one.cacheWriteTokens, other.cacheWriteTokens),
    cacheWrite1hTokens: add(one.cacheWrite1hTokens, other.cacheWrite1hTokens),
    promptAudioTokens: add(one.promptAudioTokens, other.promptAudioTokens),
    cachedAudioTokens: add(one.cachedAudioTokens, other.cachedAudioTokens),
    promptVideoTokens: add(one.promptVideoTokens, other.promptVideoTokens),
    reasoningTokens: add(one.reasoningTokens, other.reasoningTokens),
    completionAudioTokens: add(one.completionAudioTokens, other.completionAudioTokens),
    completionImageTokens: add(one.completionImageTokens, other.completionImageTokens),
    acceptedPredictionTokens: add(one.acceptedPredictionTokens, other.acceptedPredictionTokens),
    rejectedPredictionTokens: add(one.rejectedPredictionTokens, other.rejectedPredictionTokens),
    webSearchRequests: add(one.webSearchRequests, other.webSearchRequests),
  }
}

const add = (one: number | undefined, other: number | undefined): number | undefined =>
  one === undefined ? other : one + (other ?? 0)

/** What a generation cost, in whole nano-USD. The parts sum to `total`. */
export interface Cost {
  readonly total: number
  readonly prompt: number
  readonly completion: number
  /** Fees that are neither: the price per request, web searches, images. */
  readonly other: number
  readonly isByok: boolean
  /** Where the token counts came from. `none`: nothing was reported and nothing is charged. */
  readonly provenance: 'provider_reported' | 'estimated' | 'none'
}

/** What several calls cost together. */
export const addCost = (one: Cost, other: Cost): Cost => ({
  total: one.total + other.total,
  prompt: one.prompt + other.prompt,
  completion: one.completion + other.completion,
  other: one.other + other.other,
  isByok: one.isByok || other.isByok,
  provenance: provenances.find((known) => known === one.provenance || known === other.provenance) ?? 'none',
})

/** A sum is no surer than its least sure part; a part that costs nothing says nothing. */
const provenances: readonly Cost['provenance'][] = ['estimated', 'provider_reported', 'none']
