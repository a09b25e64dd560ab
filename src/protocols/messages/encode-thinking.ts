import type { Parameters } from '../../canonical/generation-request.ts'
import type { ReasoningRequest } from '../../canonical/reasoning.ts'
import type { Endpoint } from '../../catalog/endpoint.ts'
import type { JsonObject } from '../../util/json.ts'
import type { ClaudeEffort, ClaudeTraits } from '../vendors/claude-model.ts'
import { reasoningBudget, reasoningEffort } from '../vendors/reasoning-effort.ts'

export interface Thinking {
  readonly thinking?: JsonObject
  readonly effort?: ClaudeEffort
}

interface Setting {
  readonly endpoint: Endpoint
  readonly traits: ClaudeTraits
  /** The limit of the output, of which thoughts are a part. */
  readonly maxTokens: number
  /** The kinds of thinking that the rest of the request allows. */
  readonly room: 'any' | 'adaptive' | 'none'
}

const usualMaxTokens = 4096

/**
 * Returns the output limit, which is mandatory in this protocol. Where neither the request nor the catalogue sets one, a thinking budget is
 * added to the usual limit.
 */
export const outputLimit = ({ maxTokens, reasoning }: Parameters, endpoint: Endpoint): number =>
  maxTokens ?? endpoint.maxCompletionTokens ?? usualMaxTokens + (reasoning?.maxTokens ?? 0)

/** Encodes the reasoning settings and `verbosity`, which is this protocol's effort, in Anthropic's terms (contract §1.1, §1.6). */
export function encodeThinking(parameters: Parameters, setting: Setting): Thinking {
  const verbosity = levels.find((level) => level === parameters.verbosity)
  const said = verbosity && nearestEffort({ effort: verbosity }, setting)
  const wish = parameters.reasoning
  const wanted = wish && reasoningEffort(wish, setting.maxTokens, null)
  if (wish === undefined || wanted === undefined || setting.traits.thinking === 'none') return { effort: said }
  if (wanted === 'none') return withoutThoughts(said, setting)
  const { thinking, effort } = withThoughts(wish, setting)
  return { thinking, effort: said ?? effort }
}

const levels = ['low', 'medium', 'high', 'xhigh', 'max'] as const

function nearestEffort(wish: ReasoningRequest, { traits, maxTokens }: Setting): ClaudeEffort | undefined {
  const support = { mandatory: false, supportedEfforts: traits.efforts, supportsMaxTokens: true }
  const nearest = reasoningEffort(wish, maxTokens, support)
  return traits.efforts.find((effort) => effort === nearest)
}

function withoutThoughts(said: ClaudeEffort | undefined, { endpoint, traits }: Setting): Thinking {
  const type = endpoint.reasoning?.mandatory === true ? null : traits.thinkingOff
  // Opus 5 refuses its two highest efforts for an answer without thinking.
  const effort = said === 'xhigh' || said === 'max' ? 'high' : said
  return type === null ? { effort } : { thinking: { type }, effort }
}

function withThoughts(wish: ReasoningRequest, setting: Setting): Thinking {
  const { traits, room } = setting
  if (room === 'none') return {}
  const isBudgeted = wish.maxTokens !== undefined
  if (traits.thinking === 'adaptive' || (traits.thinking === 'either' && !(isBudgeted && room === 'any'))) {
    const effort = isBudgeted ? undefined : nearestEffort(wish, setting)
    // The newest models leave the text of their thinking out of the answer unless it is requested.
    return { thinking: { type: 'adaptive', display: 'summarized' }, effort }
  }
  const budget = room === 'any' ? thinkingBudget(wish, setting.maxTokens) : null
  return budget === null ? {} : { thinking: { type: 'enabled', budget_tokens: budget } }
}

const leastBudget = 1024
const mostBudget = 128_000

/** Returns the thinking budget, below the output limit; null where the limit is too low for thinking and an answer. */
function thinkingBudget(wish: ReasoningRequest, maxTokens: number): number | null {
  if (maxTokens <= leastBudget) return null
  const isPlain = wish.effort === undefined && wish.maxTokens === undefined
  const asked = reasoningBudget(isPlain ? { effort: 'medium' } : wish, maxTokens) ?? 0
  return Math.min(Math.max(Math.min(asked, mostBudget), leastBudget), maxTokens - 1)
}
