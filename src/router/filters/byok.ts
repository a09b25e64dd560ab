import type { Filter } from './filter.ts'

/** Leaves out the endpoints with the gateway's own credentials where a key of the account forbids them (contract §6.17). */
export const byok: Filter = {
  name: 'byok',
  verdict: { type: 'unavailable', code: 'constraint_filtered' },
  ruleFor(_request, pool) {
    if (pool.every(({ barred }) => barred === undefined)) return null
    return (_endpoint, { barred }) => (barred === undefined ? null : { field: 'byok', detail: barred })
  },
}
