/**
 * Token counts as the upstream's own tokenizer reports them. Absent is not zero: a field is set only when the upstream said so.
 * Reasoning tokens are inside `completionTokens`; cached and cache-write tokens are inside `promptTokens`.
 */
export interface Usage {
  readonly promptTokens?: number
  readonly completionTokens?: number
  readonly cachedTokens?: number
  readonly cacheWriteTokens?: number
  readonly promptAudioTokens?: number
  readonly promptVideoTokens?: number
  readonly reasoningTokens?: number
  readonly completionAudioTokens?: number
  readonly completionImageTokens?: number
  readonly acceptedPredictionTokens?: number
  readonly rejectedPredictionTokens?: number
  readonly webSearchRequests?: number
}

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
