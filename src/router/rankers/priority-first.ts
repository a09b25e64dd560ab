import type { Ranker } from './ranker.ts'

/** Who asks for `service_tier: "priority"` falls back to the default tier, but begins with priority (contract §6.10). */
export const priorityFirst: Ranker = (endpoints, { parameters }) => {
  if (parameters.serviceTier !== 'priority') return endpoints
  const { prior = [], other = [] } = Object.groupBy(endpoints, ({ tier }) => (tier === 'priority' ? 'prior' : 'other'))
  return [...prior, ...other]
}
