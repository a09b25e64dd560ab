import type { Filter } from './filter.ts'

/** An endpoint whose longest answer is shorter than what was asked for is left out (contract §1.1, `max_tokens`). */
export const outputLimit: Filter = {
  name: 'context_length',
  refuse(endpoint, request) {
    const asked = request.parameters.maxTokens
    const limit = endpoint.maxCompletionTokens ?? endpoint.contextLength
    if (asked === undefined || limit === null || asked <= limit) return null
    return { field: 'max_tokens', detail: `it answers at most ${limit} tokens, ${asked} were asked for` }
  },
}
