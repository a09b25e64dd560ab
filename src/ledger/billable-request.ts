import type { GenerationRequest } from '../canonical/generation-request.ts'
import { mediaIn } from '../canonical/prompt-media.ts'
import { laterEstimate } from '../canonical/prompt-tokens.ts'

/** What billing needs of a request. The request itself is released once an endpoint answers, since a stream may last for minutes. */
export interface BillableRequest {
  /** Estimates the tokens of the prompt, before any correction for the model. */
  readonly promptTokens: () => number
  /** Returns the same estimate where it was made already; null where it was not needed so far. */
  readonly knownPromptTokens: () => number | null
  /** The number of images in the prompt: some endpoints charge for each. */
  readonly images: number
  /** The search units that ranking the documents takes, rather too many: some endpoints charge for each. */
  readonly searchUnits: number
  readonly media: BillableMedia
  /** How many UTF-16 units of the reply are the echo of the prompt. */
  readonly echoedCharacters: number
}

/** What some endpoints charge for in place of tokens. */
interface BillableMedia {
  /** How many images are asked for. */
  readonly outputImages: number
  readonly characters: number
  /** Audio to transcribe is no longer than the one, and about as long as the other. */
  readonly longestSeconds: number
  readonly likelySeconds: number
}

const noMedia: BillableMedia = { outputImages: 0, characters: 0, longestSeconds: 0, likelySeconds: 0 }

function mediaOf({ input }: GenerationRequest): BillableMedia {
  switch (input.type) {
    case 'images':
      return { ...noMedia, outputImages: input.n ?? 1 }
    case 'speech':
      return { ...noMedia, characters: input.turns.reduce((sum, { text }) => sum + text.length, 0) }
    case 'transcription': {
      const { longestSeconds, likelySeconds } = input.audio
      return { ...noMedia, longestSeconds, likelySeconds }
    }
    default:
      return noMedia
  }
}

/** The average length of the text of one token. */
const charactersPerToken = 4

/**
 * Takes from a request what billing needs.
 * @param estimatedTokens The estimate that routing made; null where routing did not need one.
 */
export function billableRequest(request: GenerationRequest, estimatedTokens: number | null): BillableRequest {
  return {
    ...(estimatedTokens === null ? once(laterEstimate(request)) : known(estimatedTokens)),
    images: mediaIn(request.input).image,
    searchUnits: searchUnitsOf(request),
    media: mediaOf(request),
    echoedCharacters: echoedCharactersOf(request),
  }
}

type Estimate = Pick<BillableRequest, 'promptTokens' | 'knownPromptTokens'>

const known = (tokens: number): Estimate => ({ promptTokens: () => tokens, knownPromptTokens: () => tokens })

/** Makes an estimate when it is first needed. */
function once(estimate: () => number): Estimate {
  let tokens: number | null = null
  return { promptTokens: () => (tokens ??= estimate()), knownPromptTokens: () => tokens }
}

/** A search unit is a query with up to so many documents. A longer document counts as several. Source: https://cohere.com/pricing */
const documentsPerUnit = 100
const charactersPerDocument = 500 * charactersPerToken

function searchUnitsOf({ input }: GenerationRequest): number {
  if (input.type !== 'rerank') return 0
  const { query, documents } = input
  const pieces = documents.reduce(
    (sum, { text = '' }) => sum + Math.max(1, Math.ceil((query.length + text.length) / charactersPerDocument)),
    0,
  )
  return Math.ceil(pieces / documentsPerUnit)
}

function echoedCharactersOf({ input }: GenerationRequest): number {
  if (input.type !== 'prompts' || input.echo !== true) return 0
  const length = input.prompts.reduce(
    (sum, prompt) => sum + (typeof prompt === 'string' ? prompt.length : prompt.length * charactersPerToken),
    0,
  )
  return length * (input.n ?? 1)
}
