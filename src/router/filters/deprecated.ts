import type { Filter } from './filter.ts'

/** Leaves out endpoints that their provider has retired (contract §6.2-1). */
export const deprecated: Filter = {
  name: 'deprecated',
  verdict: { type: 'unavailable', code: 'model_deprecated' },
  ruleFor(_request, pool) {
    if (!pool.some(({ endpoint }) => endpoint.deprecated)) return null
    return (endpoint) =>
      endpoint.deprecated ? { field: 'model', detail: `${endpoint.model} was retired there` } : null
  },
}
