import { retainsNothing } from '../../catalog/retains-nothing.ts'
import type { Filter } from './filter.ts'

/**
 * With `zdr: true`, keeps endpoints that retain no data (contract §6.21). A key that the account brought is judged by what the account declares
 * of it, if it declares anything (contract §6.17).
 */
export const zdr: Filter = {
  name: 'data_policy:zdr',
  verdict: { type: 'unavailable', code: 'privacy_restricted' },
  ruleFor({ routing }) {
    if (routing.zdr !== true) return null
    return (endpoint, { own }) => {
      const declared = own?.declaredZdr ?? null
      if (declared === false)
        return { field: 'zdr', detail: 'its key is declared to be used without zero data retention' }
      if (declared === true || retainsNothing(endpoint)) return null
      return { field: 'zdr', detail: 'it does not promise to retain nothing' }
    }
  },
}
