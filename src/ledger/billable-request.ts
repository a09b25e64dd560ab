import type { GenerationRequest } from '../canonical/generation-request.ts'
import { laterEstimate } from '../canonical/prompt-tokens.ts'

/** What billing needs of a request. The request itself is let go once an endpoint answers, and a stream may last for minutes. */
export interface BillableRequest {
  /** Estimates the prompt's tokens, before any correction for the model. */
  readonly promptTokens: () => number
  /** Images in the prompt: some endpoints charge for each. */
  readonly images: number
  /** How many UTF-16 units of what comes back are the prompt repeated. */
  readonly echoedCharacters: number
}

/** @param estimatedTokens What routing estimated; null where it had no need to. */
export function billableRequest(request: GenerationRequest, estimatedTokens: number | null): BillableRequest {
  return {
    promptTokens: estimatedTokens === null ? laterEstimate(request) : () => estimatedTokens,
    images: imagesOf(request),
    echoedCharacters: echoedCharactersOf(request),
  }
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

/** A token id comes back as text of about this length. */
const charactersPerToken = 4
