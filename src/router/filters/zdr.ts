import type { Filter } from './filter.ts'

/** With `zdr: true`, keeps endpoints that retain no data. An unknown policy counts as retention (contract §6.21). */
export const zdr: Filter = {
  name: 'data_policy:zdr',
  verdict: { type: 'unavailable', code: 'privacy_restricted' },
  ruleFor({ routing }) {
    if (routing.zdr !== true) return null
    return ({ dataPolicy }) =>
      dataPolicy.retention === 'none' ? null : { field: 'zdr', detail: 'it does not promise to retain nothing' }
  },
}
