import { partition } from '../partition.ts'
import type { Ranker } from './ranker.ts'

/** Who asks for `service_tier: "priority"` falls back to the default tier, but begins with priority (contract §6.10). */
export const priorityFirst: Ranker = {
  name: 'service_tier',
  rank: (pool, { parameters }) =>
    parameters.serviceTier === 'priority' ? partition(pool, ({ endpoint }) => endpoint.tier === 'priority') : null,
}
