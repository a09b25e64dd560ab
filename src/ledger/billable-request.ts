import type { GenerationRequest } from '../canonical/generation-request.ts'
import { laterEstimate } from '../canonical/prompt-tokens.ts'

/** What billing needs of a request. The request itself is released once an endpoint answers, since a stream may last for minutes. */
export interface BillableRequest {
  /** Estimates the tokens of the prompt, before any correction for the model. */
  readonly promptTokens: () => number
  /** Returns the same estimate where it was made already; null where it was not needed so far. */
  readonly knownPromptTokens: () => number | null
  /** The number of images in the prompt: some endpoints charge for each. */
  readonly images: number
  /** How many UTF-16 units of the reply are the echo of the prompt. */
  readonly echoedCharacters: number
}

/**
 * Takes from a request what billing needs.
 * @param estimatedTokens The estimate that routing made; null where routing did not need one.
 */
export function billableRequest(request: GenerationRequest, estimatedTokens: number | null): BillableRequest {
  return {
    ...(estimatedTokens === null ? once(laterEstimate(request)) : known(estimatedTokens)),
    images: imagesOf(request),
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

function imagesOf({ input }: GenerationRequest): number {
  if (input.type === 'prompts' || !input.modalities.has('image')) return 0
  return input.messages.reduce((sum, { content }) => sum + content.filter(({ type }) => type === 'image').length, 0)
}

function echoedCharactersOf({ input }: GenerationRequest): number {
  if (input.type !== 'prompts' || input.echo !== true) return 0
  const length = input.prompts.reduce(
    (sum, prompt) => sum + (typeof prompt === 'string' ? prompt.length : prompt.length * charactersPerToken),
    0,
  )
  return length * (input.n ?? 1)
}

/** The average length of the text of one token, for prompts that are token ids. */
const charactersPerToken = 4
