import type { Filter } from './filter.ts'

/** `zdr` leaves those who retain nothing; what is not known counts as kept (contract §6.21). `false` has no effect. */
export const zdr: Filter = {
  name: 'data_policy:zdr',
  verdict: { type: 'unavailable', code: 'privacy_restricted' },
  ruleFor({ routing }) {
    if (routing.zdr !== true) return null
    return ({ dataPolicy }) =>
      dataPolicy.retention === 'none' ? null : { field: 'zdr', detail: 'it does not promise to retain nothing' }
  },
}
