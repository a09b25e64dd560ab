import type { ReasoningRequest } from '../../canonical/reasoning.ts'
import type { ReasoningSupport } from '../../catalog/endpoint.ts'
import type { JsonObject } from '../../util/json.ts'
import { reasoningBudget, reasoningEffort } from '../vendors/reasoning-effort.ts'
import type { OpenAiQuirks } from './quirks.ts'

/**
 * Encodes the client's reasoning settings in the upstream's own field. Returns no field where the settings only say what to do with the
 * reasoning in the answer.
 */
export function encodeReasoningRequest(
  wish: ReasoningRequest,
  maxTokens: number | undefined,
  support: ReasoningSupport | null,
  quirks: OpenAiQuirks,
): JsonObject {
  const effort = reasoningEffort(wish, maxTokens, support)
  switch (quirks.reasoningField ?? 'reasoning_effort') {
    case 'reasoning':
      return { reasoning: withoutUndefined({ ...wish, maxTokens: undefined, max_tokens: wish.maxTokens }) }
    case 'reasoning_effort':
      return effort === undefined ? {} : { reasoning_effort: effort }
    case 'thinking':
      return effort === undefined ? {} : { thinking: { type: effort === 'none' ? 'disabled' : 'enabled' } }
    case 'enable_thinking':
      if (effort === undefined) return {}
      return withoutUndefined({ enable_thinking: effort !== 'none', thinking_budget: reasoningBudget(wish, maxTokens) })
    case 'none':
      return {}
  }
}

const withoutUndefined = (object: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined))
