/**
 * Token counts of the upstream's own tokenizer. Absent is not zero: a field is set only where the upstream reported it. Reasoning tokens
 * are included in `completionTokens`; cached and cache-write tokens are included in `promptTokens`.
 */
export interface Usage {
  readonly promptTokens?: number
  readonly completionTokens?: number
  readonly cachedTokens?: number
  readonly cacheWriteTokens?: number
  /** The part of `cacheWriteTokens` that was written to a one-hour cache, where the upstream reports it. */
  readonly cacheWrite1hTokens?: number
  readonly promptAudioTokens?: number
  /** The part of `cachedTokens` that is audio. It is included in `promptAudioTokens` as well. */
  readonly cachedAudioTokens?: number
  readonly promptVideoTokens?: number
  readonly reasoningTokens?: number
  readonly completionAudioTokens?: number
  readonly completionImageTokens?: number
  readonly promptImageTokens?: number
  /** Images that were made, characters that were spoken, and seconds of audio that were transcribed. */
  readonly outputImages?: number
  readonly inputCharacters?: number
  readonly audioSeconds?: number
  readonly acceptedPredictionTokens?: number
  readonly rejectedPredictionTokens?: number
  readonly webSearchRequests?: number
  /** What a provider of rankings counts in place of tokens: a query with up to 100 documents is one. */
  readonly searchUnits?: number
  /** The calls of server tools that the model made, and those that the gateway ran. */
  readonly toolCallsRequested?: number
  readonly toolCallsExecuted?: number
  /** What the provider itself says that the call costs, in whole nano-USD. */
  readonly reportedCost?: number
}

/** Adds up the usage of two calls. A field that neither reported stays absent. */
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
    promptImageTokens: add(one.promptImageTokens, other.promptImageTokens),
    outputImages: add(one.outputImages, other.outputImages),
    inputCharacters: add(one.inputCharacters, other.inputCharacters),
    audioSeconds: add(one.audioSeconds, other.audioSeconds),
    acceptedPredictionTokens: add(one.acceptedPredictionTokens, other.acceptedPredictionTokens),
    rejectedPredictionTokens: add(one.rejectedPredictionTokens, other.rejectedPredictionTokens),
    searchUnits: add(one.searchUnits, other.searchUnits),
    webSearchRequests: add(one.webSearchRequests, other.webSearchRequests),
    toolCallsRequested: add(one.toolCallsRequested, other.toolCallsRequested),
    toolCallsExecuted: add(one.toolCallsExecuted, other.toolCallsExecuted),
    reportedCost: add(one.reportedCost, other.reportedCost),
  }
}

const add = (one: number | undefined, other: number | undefined): number | undefined =>
  one === undefined ? other : one + (other ?? 0)

/** The cost of a generation, in whole nano-USD. The parts sum to `total`. */
export interface Cost {
  readonly total: number
  readonly prompt: number
  readonly completion: number
  /** Other fees of providers: the price per request, their own web searches, images. */
  readonly other: number
  /** The fees of plugins and server tools. */
  readonly tools: number
  /** Whether a call was made with a key that the account brought for the provider (contract §6.17). */
  readonly isByok: boolean
  /** What the calls with keys of the account's own cost at the list price, which is not part of `total`. Absent where there was none. */
  readonly upstream?: UpstreamCost
  /**
   * What the provider's cache saved, by our prices: negative where writing to it cost more than reading from it saved. Absent where the cache
   * was not used.
   */
  readonly cacheDiscount?: number
  /**
   * Where the amount comes from. `provider_reported`: the provider reported the amount itself. `derived`: our prices, for the tokens that
   * the provider counted. `estimated`: our prices, for tokens that were in part estimated. `none`: nothing is charged, since nothing was
   * used.
   */
  readonly provenance: 'provider_reported' | 'derived' | 'estimated' | 'none'
}

/** The cost where nothing is charged. */
export const noCost: Cost = {
  total: 0,
  prompt: 0,
  completion: 0,
  other: 0,
  tools: 0,
  isByok: false,
  provenance: 'none',
}

/** What providers charge the account itself, by their list prices, in whole nano-USD. */
export interface UpstreamCost {
  readonly total: number
  readonly prompt: number
  readonly completion: number
}

/** Adds up the costs of two calls. */
export const addCost = (one: Cost, other: Cost): Cost => ({
  total: one.total + other.total,
  prompt: one.prompt + other.prompt,
  completion: one.completion + other.completion,
  other: one.other + other.other,
  tools: one.tools + other.tools,
  isByok: one.isByok || other.isByok,
  ...((one.cacheDiscount ?? other.cacheDiscount) !== undefined && {
    cacheDiscount: (one.cacheDiscount ?? 0) + (other.cacheDiscount ?? 0),
  }),
  ...((one.upstream ?? other.upstream) && { upstream: addUpstream(one.upstream, other.upstream) }),
  provenance: provenances.find((known) => known === one.provenance || known === other.provenance) ?? 'none',
})

const addUpstream = (one = nothing, other = nothing): UpstreamCost => ({
  total: one.total + other.total,
  prompt: one.prompt + other.prompt,
  completion: one.completion + other.completion,
})

const nothing: UpstreamCost = { total: 0, prompt: 0, completion: 0 }

/** The provenances from least to most certain. A sum has the least certain one of its parts; parts that cost nothing do not count. */
const provenances: readonly Cost['provenance'][] = ['estimated', 'derived', 'provider_reported', 'none']
