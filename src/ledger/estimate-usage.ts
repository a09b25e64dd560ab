import type { GenerationRequest } from '../canonical/generation-request.ts'
import type { Outcome } from '../canonical/outcome.ts'
import type { Usage } from '../canonical/usage.ts'

/** English text has about four characters a token in every vocabulary in use; good to some ten percent. */
const charactersPerToken = 4

/** Counts for a reply whose upstream reported none: it broke off, the client left, or the upstream never does. */
export function estimateUsage(request: GenerationRequest, outcome: Outcome): Usage {
  return {
    promptTokens: Math.ceil(promptLength(request) / charactersPerToken),
    completionTokens: Math.ceil(outcome.produced / charactersPerToken),
  }
}

function promptLength({ input }: GenerationRequest): number {
  let length = 0
  if (input.type === 'prompts') {
    for (const prompt of input.prompts) {
      length += typeof prompt === 'string' ? prompt.length : prompt.length * charactersPerToken
    }
    return length
  }
  for (const message of input.messages) {
    for (const part of message.content) if (part.type === 'text') length += part.text.length
  }
  return length
}
