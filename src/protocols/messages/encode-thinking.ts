import type { Parameters } from '../../canonical/generation-request.ts'
import { supportsParameter } from '../../canonical/parameter-name.ts'
import type { Endpoint } from '../../catalog/endpoint.ts'
import type { JsonObject } from '../../util/json.ts'
import type { ClaudeEffort, ClaudeTraits } from '../claude-model.ts'
import { reasoningBudget, reasoningEffort } from '../encode-reasoning.ts'

export interface Thinking {
  readonly thinking?: JsonObject
  readonly effort?: ClaudeEffort
  /** Mandatory in this language. */
  readonly maxTokens: number
}

const usualMaxTokens = 4096
const leastBudget = 1024
const mostBudget = 128_000

/**
 * The wish to think in Anthropic's terms (contract §1.6), and the limit of the output, of which thoughts are a part.
 * @param mayThink Whether the rest of the request allows it: a forced tool, which is a demand, does not go with a wish to think.
 */
export function encodeThinking(
  parameters: Parameters,
  endpoint: Endpoint,
  traits: ClaudeTraits,
  mayThink: boolean,
): Thinking {
  const supports = (name: string): boolean => supportsParameter(endpoint.supportedParameters, name)
  const wish = supports('reasoning') ? parameters.reasoning : undefined
  const maxTokens = parameters.maxTokens ?? endpoint.maxCompletionTokens ?? usualMaxTokens + (wish?.maxTokens ?? 0)
  const support = { mandatory: false, supportedEfforts: traits.efforts, supportsMaxTokens: true }
  const verbosity = isEffort(parameters.verbosity) && supports('verbosity') ? parameters.verbosity : undefined
  // `verbosity` is this field's name at the gateway (contract §1.1).
  const said = knownEffort(verbosity && reasoningEffort({ effort: verbosity }, undefined, support), traits)
  const effort = wish && reasoningEffort(wish, maxTokens, null)
  if (wish === undefined || effort === undefined || traits.thinking === 'none') return { maxTokens, effort: said }
  if (effort === 'none') {
    const off = endpoint.reasoning?.mandatory === true ? null : traits.thinkingOff
    // Opus 5 refuses to put its two highest efforts into an answer without thoughts.
    const capped = said === 'xhigh' || said === 'max' ? 'high' : said
    return { maxTokens, ...(off !== null && { thinking: { type: off } }), effort: capped }
  }
  if (!mayThink) return { maxTokens, effort: said }
  if (traits.thinking === 'adaptive' || (traits.thinking === 'either' && wish.maxTokens === undefined)) {
    const asked =
      wish.maxTokens === undefined ? knownEffort(reasoningEffort(wish, maxTokens, support), traits) : undefined
    // The default of the newest models is to leave the thoughts out.
    return { maxTokens, thinking: { type: 'adaptive', display: 'summarized' }, effort: said ?? asked }
  }
  // The output must be longer than the thoughts: a limit that leaves no room for both leaves out the thoughts.
  if (maxTokens <= leastBudget) return { maxTokens, effort: said }
  const share = reasoningBudget({ ...wish, effort: wish.maxTokens === undefined ? effort : undefined }, maxTokens) ?? 0
  const budget = Math.min(Math.max(Math.min(share, mostBudget), leastBudget), maxTokens - 1)
  return { maxTokens, thinking: { type: 'enabled', budget_tokens: budget }, effort: said }
}

const levels = ['low', 'medium', 'high', 'xhigh', 'max'] as const

const isEffort = (word: string | undefined): word is ClaudeEffort => levels.some((level) => level === word)

const knownEffort = (word: string | undefined, { efforts }: ClaudeTraits): ClaudeEffort | undefined =>
  efforts.find((effort) => effort === word)

/** Temperature and its like, as far as the model takes them. With thoughts only a high top_p goes. */
export function encodeSampling(
  { temperature, topP, topK }: Parameters,
  endpoint: Endpoint,
  traits: ClaudeTraits,
  thinks: boolean,
): JsonObject {
  if (traits.sampling === 'none') return {}
  const supports = (name: string): boolean => supportsParameter(endpoint.supportedParameters, name)
  const heat = thinks || !supports('temperature') ? undefined : temperature
  const isNarrow = thinks && topP !== undefined && topP < 0.95
  const isSecond = heat !== undefined && traits.sampling === 'either'
  return {
    // OpenAI's scale ends at 2 (contract Appendix A).
    ...(heat !== undefined && { temperature: Math.min(heat, 1) }),
    ...(topP !== undefined && supports('top_p') && !isNarrow && !isSecond && { top_p: topP }),
    ...(topK !== undefined && topK > 0 && supports('top_k') && !thinks && { top_k: topK }),
  }
}
