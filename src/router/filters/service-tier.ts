import { requestedTiers } from '../../catalog/requested-tiers.ts'
import { matchesProvider } from '../matches-provider.ts'
import type { Filter } from './filter.ts'

const field = 'service_tier'

/**
 * Leaves out endpoints of a service tier that the request does not choose. A tier is chosen by `service_tier`, by its full tag in `order` or
 * `only`, or by `:nitro` and `:floor`, over which `order` and `service_tier: "default"` take precedence. A request for `flex` uses no other
 * tier where the model has `flex`: the client then gets the capacity errors of that tier (contract §6.1, §6.10).
 */
export const serviceTier: Filter = {
  name: 'service_tier',
  verdict: { type: 'unavailable', code: 'constraint_filtered' },
  ruleFor(request, pool) {
    const asked = request.parameters.serviceTier
    const tiers = requestedTiers(request)
    if (asked !== 'flex' && pool.every(({ endpoint }) => endpoint.tier === 'default')) return null
    const flexible = new Set(pool.flatMap(({ endpoint: { tier, model } }) => (tier === 'flex' ? [model] : [])))
    const { order, only = [] } = request.routing
    const named = [...only, ...(order ?? [])]
    const variantsAdmit = order === undefined && asked !== 'default'
    return (endpoint, { choice }) => {
      const { tier, model } = endpoint
      if (tiers.includes(tier)) return null
      if (asked === 'flex' && flexible.has(model)) return { field, detail: 'it is not of the flex tier' }
      if (tier === 'default' || (variantsAdmit && tier === choice.admits)) return null
      if (named.some((name) => matchesProvider(name, endpoint, request))) return null
      return { field, detail: `its tier is ${tier}, which was not asked for` }
    }
  },
}
