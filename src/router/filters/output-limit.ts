import type { Filter } from './filter.ts'

/** An endpoint whose longest answer is shorter than what was asked for is left out (contract §1.1, `max_tokens`). */
export const outputLimit: Filter = {
  name: 'output_length',
  ruleFor({ parameters: { maxTokens } }) {
    if (maxTokens === undefined) return null
    return ({ maxCompletionTokens, contextLength }) => {
      const limit = maxCompletionTokens ?? contextLength
      if (limit === null || maxTokens <= limit) return null
      return { field: 'max_tokens', detail: `it answers at most ${limit} tokens, ${maxTokens} were asked for` }
    }
  },
}
