import { refusesReasoning } from '../../canonical/reasoning.ts'
import type { Filter } from './filter.ts'

/**
 * Leaves out models that always reason, where the request switches reasoning off. A model that was reached as `~author/family-latest` stays,
 * and reasons as little as it can, because the client did not choose that model by name (contract §1.6).
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
