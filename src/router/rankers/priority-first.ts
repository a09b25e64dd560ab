import type { Contender, Ranker } from './ranker.ts'
import { requestedTiers } from '../../catalog/requested-tiers.ts'
import { partition } from '../partition.ts'

/**
 * Puts the requested service tier first. A request for `priority` falls back to the default tier; one for `ultrafast` falls back to priority
 * and then to the default tier (contract §6.10).
 */
export const priorityFirst: Ranker = {
  name: 'service_tier',
  rank(pool, request) {
    let order: readonly Contender[] = pool
    for (const tier of requestedTiers(request).toReversed()) {
      order = partition(order, ({ endpoint }) => endpoint.tier === tier) ?? order
    }
    return order === pool ? null : order
  },
}
