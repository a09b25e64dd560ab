import { type ReasoningEffort, type ReasoningRequest, refusesReasoning } from '../../canonical/reasoning.ts'
import type { Endpoint } from '../../catalog/endpoint.ts'
import type { JsonObject } from '../../util/json.ts'
import { reasoningBudget, reasoningEffort } from '../vendors/reasoning-effort.ts'
import { geminiVersion } from './gemini-model.ts'
import { search } from '../../util/pattern.ts'

/**
 * Encodes `thinkingConfig` (contract §1.6): a level since Gemini 3, a budget in tokens before. Returns undefined where there is nothing to
 * send.
 */
export function encodeThinking(
  wish: ReasoningRequest,
  maxTokens: number | undefined,
  endpoint: Endpoint,
): JsonObject | undefined {
  const version = geminiVersion(endpoint.upstreamModel)
  if (!thinks(version, endpoint)) return undefined
  const strength = version >= 3 ? level(wish, maxTokens, endpoint) : budget(wish, maxTokens, endpoint)
  const includeThoughts = wish.exclude !== true && !refusesReasoning(wish)
  return includeThoughts || strength !== undefined ? { includeThoughts, ...strength } : undefined
}

/** Tells whether a model thinks. For models other than Gemini, such as Gemma, the catalogue decides. */
function thinks(version: number, { upstreamModel, reasoning }: Endpoint): boolean {
  if (version === Infinity) return reasoning !== null
  return version >= 3 || (version >= 2.5 && !upstreamModel.includes('image'))
}

const levels: Record<Exclude<ReasoningEffort, 'none'>, string> = {
  max: 'HIGH',
  xhigh: 'HIGH',
  high: 'HIGH',
  medium: 'MEDIUM',
  low: 'LOW',
  minimal: 'MINIMAL',
}

function level(
  wish: ReasoningRequest,
  maxTokens: number | undefined,
  { reasoning, upstreamModel }: Endpoint,
): JsonObject | undefined {
  const effort = reasoningEffort(wish, maxTokens, reasoning)
  if (effort === undefined) return undefined
  const thinkingLevel = effort === 'none' ? lowest(reasoning?.supportedEfforts ?? null, upstreamModel) : levels[effort]
  // The Pro models know no MINIMAL (https://ai.google.dev/gemini-api/docs/thinking).
  return { thinkingLevel: thinkingLevel === 'MINIMAL' && isPro(upstreamModel) ? 'LOW' : thinkingLevel }
}

/** Returns the lowest level. Thinking cannot be switched off; MINIMAL is nearest to that, where the model has it. */
function lowest(efforts: readonly string[] | null, model: string): string {
  if (efforts === null) return isPro(model) ? 'LOW' : 'MINIMAL'
  return efforts.includes('none') || efforts.includes('minimal') ? 'MINIMAL' : 'LOW'
}

const isPro = (model: string): boolean => search(/-pro\b/, model) !== null

/** The output limit of a Gemini 2.5, where the catalogue has none. */
const usualMaxTokens = 65_536

function budget(
  wish: ReasoningRequest,
  maxTokens: number | undefined,
  { reasoning, upstreamModel, maxCompletionTokens }: Endpoint,
): JsonObject | undefined {
  const [least, most] = budgetRange(upstreamModel)
  if (refusesReasoning(wish)) return { thinkingBudget: isPro(upstreamModel) ? least : 0 }
  const output = maxTokens ?? maxCompletionTokens ?? usualMaxTokens
  const tokens = wish.maxTokens ?? reasoningBudget({ effort: reasoningEffort(wish, maxTokens, reasoning) }, output)
  return tokens === undefined ? undefined : { thinkingBudget: Math.min(Math.max(tokens, least), most) }
}

/** Source: https://ai.google.dev/gemini-api/docs/thinking, the table of budgets. */
function budgetRange(model: string): readonly [number, number] {
  if (isPro(model)) return [128, 32_768]
  return model.includes('lite') ? [512, 24_576] : [1, 24_576]
}
