import { refusesReasoning } from '../../canonical/reasoning.ts'
import type { Filter } from './filter.ts'

/**
 * A model that always reasons cannot be told not to. Reached as `~author/family-latest` it may, and reasons as little as it can: the client
 * did not choose that model by name (contract §1.6).
 */
export const reasoning: Filter = {
  name: 'reasoning',
  verdict: { type: 'refused', kind: 'invalid_request' },
  ruleFor({ parameters: { reasoning: wish } }) {
    if (wish === undefined || !refusesReasoning(wish)) return null
    return (endpoint, { choice }) =>
      endpoint.reasoning?.mandatory === true && !choice.lenientEffort
        ? { field: 'reasoning', detail: `${endpoint.model} always reasons, and cannot be asked not to` }
        : null
  },
}
