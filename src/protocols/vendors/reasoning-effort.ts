import type { ReasoningEffort, ReasoningRequest } from '../../canonical/reasoning.ts'
import type { ReasoningSupport } from '../../catalog/endpoint.ts'

/** Share of the output that each effort may spend on thinking (contract §1.6). */
const shares: Record<ReasoningEffort, number> = {
  max: 0.95,
  xhigh: 0.95,
  high: 0.8,
  medium: 0.5,
  low: 0.2,
  minimal: 0.1,
  none: 0,
}

/**
 * Returns the effort that was asked for, or the nearest one that the model supports (contract §1.6). Returns undefined where the request
 * names none.
 */
export function reasoningEffort(
  wish: ReasoningRequest,
  maxTokens: number | undefined,
  support: ReasoningSupport | null,
): ReasoningEffort | undefined {
  const effort = effortOf(wish, maxTokens)
  const known = ladder.filter((step) => support?.supportedEfforts?.includes(step))
  if (effort === undefined || effort === 'none' || known.length === 0) return effort
  const height = ladder.indexOf(effort)
  const distance = (step: (typeof ladder)[number]): number => Math.abs(ladder.indexOf(step) - height)
  return known.reduce((best, step) => (distance(step) < distance(best) ? step : best))
}

const ladder = ['minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const

/**
 * Returns the effort of a request: `enabled` alone is medium, and a budget is the effort whose share of the output comes nearest (contract
 * §1.6).
 */
function effortOf(wish: ReasoningRequest, maxTokens: number | undefined): ReasoningEffort | undefined {
  if (wish.effort !== undefined) return wish.effort
  if (wish.enabled === false || wish.maxTokens === 0) return 'none'
  if (wish.maxTokens === undefined) return wish.enabled === true ? 'medium' : undefined
  if (maxTokens === undefined) return 'medium'
  const share = wish.maxTokens / maxTokens
  return ladder.reduce((best, effort) =>
    Math.abs(shares[effort] - share) < Math.abs(shares[best] - share) ? effort : best,
  )
}

/**
 * Returns how many tokens may be spent on thinking: the number that was asked for, or the effort's share of the output limit. Returns
 * undefined where neither is known.
 */
export function reasoningBudget(wish: ReasoningRequest, maxTokens: number | undefined): number | undefined {
  if (wish.maxTokens !== undefined) return wish.maxTokens > 0 ? wish.maxTokens : undefined
  if (wish.effort === undefined || wish.effort === 'none' || maxTokens === undefined) return undefined
  return Math.floor(maxTokens * shares[wish.effort])
}
