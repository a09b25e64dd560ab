import type { ReasoningEffort, ReasoningRequest } from '../canonical/reasoning.ts'
import type { JsonObject } from '../util/json.ts'
import type { Quirks } from './protocol.ts'

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

/** The client's wish in the upstream's own field; nothing where the wish says only what to do with the thoughts. */
export function encodeReasoningRequest(
  wish: ReasoningRequest,
  maxTokens: number | undefined,
  quirks: Quirks,
): JsonObject {
  const effort = effortOf(wish, maxTokens)
  switch (quirks.reasoningField ?? 'reasoning_effort') {
    case 'reasoning':
      return { reasoning: withoutUndefined({ ...wish, maxTokens: undefined, max_tokens: wish.maxTokens }) }
    case 'reasoning_effort':
      return effort === undefined ? {} : { reasoning_effort: effort }
    case 'thinking':
      return effort === undefined ? {} : { thinking: { type: effort === 'none' ? 'disabled' : 'enabled' } }
    case 'enable_thinking':
      if (effort === undefined) return {}
      return withoutUndefined({ enable_thinking: effort !== 'none', thinking_budget: budgetOf(wish, maxTokens) })
    case 'none':
      return {}
  }
}

/** `enabled` alone is medium, a budget is the effort whose share of the output comes nearest (contract §1.6). */
function effortOf(wish: ReasoningRequest, maxTokens: number | undefined): ReasoningEffort | undefined {
  if (wish.effort !== undefined) return wish.effort
  if (wish.enabled === false || wish.maxTokens === 0) return 'none'
  if (wish.maxTokens === undefined) return wish.enabled === true ? 'medium' : undefined
  if (maxTokens === undefined) return 'medium'
  const share = wish.maxTokens / maxTokens
  const ladder = ['minimal', 'low', 'medium', 'high', 'xhigh'] as const
  return ladder.reduce((best, effort) =>
    Math.abs(shares[effort] - share) < Math.abs(shares[best] - share) ? effort : best,
  )
}

function budgetOf(wish: ReasoningRequest, maxTokens: number | undefined): number | undefined {
  if (wish.maxTokens !== undefined) return wish.maxTokens > 0 ? wish.maxTokens : undefined
  if (wish.effort === undefined || wish.effort === 'none' || maxTokens === undefined) return undefined
  return Math.floor(maxTokens * shares[wish.effort])
}

const withoutUndefined = (object: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined))
