import { isMeant } from '../provider-match.ts'
import type { Filter } from './filter.ts'

/**
 * A tier is opted into, by `service_tier` or by its full tag in `order` or `only`. Who asks for `flex` gets nothing dearer where
 * the model has it: its capacity errors are the client's (contract §6.10).
 */
export const serviceTier: Filter = {
  name: 'service_tier',
  refuse(endpoint, request, pool) {
    const { tier, model } = endpoint
    const asked = request.parameters.serviceTier
    const field = 'service_tier'
    if (tier === asked) return null
    if (asked === 'flex' && pool.some((other) => other.tier === 'flex' && other.model === model)) {
      return { field, detail: 'it is not of the flex tier' }
    }
    if (tier === 'default') return null
    const { order = [], only = [] } = request.routing
    if ([...only, ...order].some((name) => isMeant(name, endpoint, request))) return null
    return { field, detail: `its tier is ${tier}, which was not asked for` }
  },
}
