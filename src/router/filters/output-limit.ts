import type { Filter } from './filter.ts'

/** Leaves out endpoints whose longest answer is shorter than `max_tokens` (contract §1.1). The context window has a filter of its own. */
export const outputLimit: Filter = {
  name: 'output_length',
  excludedBy: 'context_length',
  verdict: { type: 'unavailable', code: 'constraint_filtered' },
  ruleFor({ parameters: { maxTokens } }) {
    if (maxTokens === undefined) return null
    return ({ maxCompletionTokens: limit }) => {
      if (limit === null || maxTokens <= limit) return null
      return { field: 'max_tokens', detail: `it answers at most ${limit} tokens, ${maxTokens} were asked for` }
    }
  },
}
