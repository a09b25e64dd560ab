import { matchesProvider } from '../matches-provider.ts'
import type { Filter } from './filter.ts'

/** Keeps the providers in `only`, without those in `ignore`; without fallbacks also only those in `order` (contract §1.2, §6.6). */
export const allowedProviders: Filter = {
  name: 'allowed_providers',
  verdict: { type: 'unavailable', code: 'constraint_filtered' },
  ruleFor(request) {
    const { only, ignore, order, allowFallbacks } = request.routing
    const exclusive = allowFallbacks === false ? order : undefined
    if (only === undefined && ignore === undefined && exclusive === undefined) return null
    return (endpoint) => {
      const isIn = (names: readonly string[]): boolean => names.some((name) => matchesProvider(name, endpoint, request))
      if (only !== undefined && !isIn(only)) return { field: 'only', detail: 'it is not in `provider.only`' }
      if (ignore !== undefined && isIn(ignore)) return { field: 'ignore', detail: 'it is in `provider.ignore`' }
      if (exclusive === undefined || isIn(exclusive)) return null
      return { field: 'order', detail: 'it is not in `provider.order`, and `allow_fallbacks` is false' }
    }
  },
}
