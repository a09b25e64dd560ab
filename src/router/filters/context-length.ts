import { estimateError } from '../../canonical/prompt-tokens.ts'
import type { Filter } from './filter.ts'

/**
 * Prompt and requested output must fit the window. The prompt's length is an estimate, so only what is certainly too long is left
 * out: the rest the upstream may decide, whose refusal leads to a larger window (contract §6.2-13, §6.4).
 */
export const contextLength: Filter = {
  name: 'context_length',
  verdict: {
    type: 'refused',
    kind: 'context_length_exceeded',
    advice: 'Shorten the prompt, ask for less output, or name a model with a larger window in `models`.',
  },
  ruleFor({ parameters: { maxTokens = 0 }, source }, pool, { promptTokens }) {
    const smallest = pool.reduce((least, { endpoint }) => Math.min(least, endpoint.contextLength ?? Infinity), Infinity)
    // No text is more tokens than bytes: most requests need no estimate.
    if (source.bytes !== null && source.bytes + maxTokens <= smallest) return null
    return ({ model, contextLength: window }) => {
      if (window === null) return null
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
