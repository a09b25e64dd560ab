import type { Filter } from './filter.ts'

/** `zdr` leaves those who retain nothing; what is not known counts as kept (contract §6.21). `false` has no effect. */
export const zdr: Filter = {
  name: 'data_policy:zdr',
  refuse({ dataPolicy }, { routing }) {
    if (routing.zdr !== true || dataPolicy.retention === 'none') return null
    return { field: 'zdr', detail: 'it does not promise to retain nothing' }
  },
}
