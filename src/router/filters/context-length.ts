import { errorTable } from '../../canonical/errors.ts'
import { estimateError } from '../../canonical/prompt-tokens.ts'
import type { Filter } from './filter.ts'

/** A prompt whose rough estimate is so much shorter than a window is not certainly too long for it. */
const farFactor = 1.5

/**
 * Leaves out endpoints whose context window is too small for the prompt and the requested output. The length of the prompt is an estimate, so
 * an endpoint is left out only where the prompt is certainly too long. Otherwise the upstream decides, and its refusal leads to an
 * endpoint with a larger window (contract §6.2-13, §6.4).
 */
export const contextLength: Filter = {
  name: 'context_length',
  verdict: {
    type: 'refused',
    kind: 'context_length_exceeded',
    advice: errorTable.context_length_exceeded.advice,
  },
  ruleFor({ operation, parameters: { maxTokens = 0 }, source }, pool, { promptTokens, roughTokens }) {
    // Only a chat or a completion is read as a whole: inputs to embed and documents to rank are limited each for itself.
    if (operation !== 'chat' && operation !== 'completions') return null
    const smallest = pool.reduce((least, { endpoint }) => Math.min(least, endpoint.contextLength ?? Infinity), Infinity)
    // A text never has more tokens than bytes, so that most requests need no estimate.
    if (source.bytes !== null && source.bytes + maxTokens <= smallest) return null
    return ({ model, contextLength: window }) => {
      // To estimate every text takes longer than all else that is done with a long prompt, so it is done only where the answer is in doubt.
      if (window === null || roughTokens(model) * farFactor + maxTokens <= window) return null
      const tokens = promptTokens(model)
      if (tokens * (1 - estimateError) + maxTokens <= window) return null
      const asked = maxTokens === 0 ? '' : ` and ${maxTokens} of output`
      return {
        field: 'messages',
        detail: `its maximum context length is ${window} tokens, and the request has about ${tokens} of input${asked}`,
      }
    }
  },
}
