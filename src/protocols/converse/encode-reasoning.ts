import type { ChatRequest } from '../../canonical/generation-request.ts'
import { supportsParameter } from '../../canonical/parameter-name.ts'
import type { ReasoningEffort, ReasoningRequest } from '../../canonical/reasoning.ts'
import type { Endpoint } from '../../catalog/endpoint.ts'
import type { JsonObject } from '../../util/json.ts'
import type { ClaudeTraits } from '../vendors/claude-model.ts'
import { reasoningBudget, reasoningEffort } from '../vendors/reasoning-effort.ts'
import { isThought } from './encode-thoughts.ts'
import type { ModelFamily } from './model-family.ts'
import type { Turn } from './wire-request.ts'
import { search } from '../../util/pattern.ts'

interface Thinking {
  /** The fields for `additionalModelRequestFields`: Converse itself has no parameter for thinking. */
  readonly fields: JsonObject
  /** What the model then requires of `maxTokens`: this value, or its absence. */
  readonly maxTokens?: number | 'absent'
  /** Whether temperature, top_p and top_k are refused then. */
  readonly fixedSampling: boolean
}

const unasked: Thinking = { fields: {}, fixedSampling: false }

/** Encodes whether and how a model is asked to think, in the parameters of its vendor. */
export function encodeThinking(
  { parameters }: ChatRequest,
  endpoint: Endpoint,
  family: ModelFamily,
  messages: readonly Turn[],
  forcesTool: boolean,
): Thinking {
  const wish = parameters.reasoning
  if (wish === undefined || !supportsParameter(endpoint.supportedParameters, 'reasoning')) return unasked
  const limit = parameters.maxTokens ?? endpoint.maxCompletionTokens ?? undefined
  const effortAmong = (levels?: readonly string[]): ReasoningEffort | undefined =>
    reasoningEffort(
      wish,
      limit,
      levels === undefined
        ? endpoint.reasoning
        : { mandatory: false, supportedEfforts: levels, supportsMaxTokens: false },
    )
  const effort = effortAmong()
  if (effort === undefined) return unasked
  if (family.claude !== null) {
    if (effort === 'none') return { fields: claudeOff(family.claude), fixedSampling: false }
    // Claude refuses to think where it has to call a tool.
    if (forcesTool) return unasked
    return isAdaptive(family.claude, wish)
      ? claudeAdaptive(family.claude, effortAmong(family.claude.efforts))
      : claudeBudget(
          family.claude,
          { ...wish, effort: wish.maxTokens === undefined ? effort : undefined },
          limit,
          messages,
        )
  }
  if (family.maker === 'amazon') {
    // At `high`, Nova refuses any output limit. A limit counts more than the effort, because the possible cost of the call follows from it.
    const levels = parameters.maxTokens === undefined ? ['low', 'medium', 'high'] : ['low', 'medium']
    return novaThinking(endpoint, effortAmong(levels))
  }
  if (family.maker === 'openai') return openaiThinking(endpoint, effort, effortAmong)
  return effort === 'none' ? unasked : { fields: { reasoning_effort: effort }, fixedSampling: false }
}

const isAdaptive = ({ thinking }: ClaudeTraits, { maxTokens }: ReasoningRequest): boolean =>
  thinking === 'adaptive' || (thinking === 'either' && maxTokens === undefined)

/** Returns the fields that switch thinking off; none for models that think only when asked to. */
const claudeOff = ({ thinking, thinkingOff }: ClaudeTraits): JsonObject =>
  thinking === 'adaptive' && thinkingOff !== null ? { thinking: { type: thinkingOff } } : {}

/** Returns the fields for adaptive thinking. The newest models return no thinking unless a summary is requested (contract §1.6). */
function claudeAdaptive({ thinking }: ClaudeTraits, effort: ReasoningEffort | undefined): Thinking {
  const display = thinking === 'adaptive' ? { display: 'summarized' } : {}
  return {
    fields: { thinking: { type: 'adaptive', ...display }, output_config: { effort } },
    fixedSampling: true,
  }
}

const smallestBudget = 1_024
const largestBudget = 128_000
/** The output limit of the smallest model that thinks. */
const leastLimit = 32_000

/**
 * Returns the fields for a thinking budget. `maxTokens` is always sent: it must be larger than the budget, and Bedrock's default may be
 * smaller.
 */
function claudeBudget(
  claude: ClaudeTraits,
  wish: ReasoningRequest,
  limit: number = leastLimit,
  messages: readonly Turn[],
): Thinking {
  const asked = reasoningBudget(wish, limit) ?? 0
  const budget = Math.max(wish.maxTokens === undefined ? Math.min(asked, largestBudget) : asked, smallestBudget)
  const hasRoom = wish.maxTokens !== undefined || limit > budget
  if (claude.thinking === 'none' || !hasRoom || !mayBeginToThink(messages)) return unasked
  return { fields: { thinking: { type: 'enabled', budget_tokens: budget } }, maxTokens: limit, fixedSampling: true }
}

/**
 * Tells whether the model may think next. It may not in the middle of an answer that began without thinking, whether the answer is to be
 * continued or waits for its tools.
 */
function mayBeginToThink(messages: readonly Turn[]): boolean {
  const last = messages.at(-1)
  if (last?.role === 'assistant') return false
  const goesOn = last?.content.some((block) => 'toolResult' in block) === true
  const [first] = messages.at(-2)?.content ?? []
  return !goesOn || first === undefined || isThought(first)
}

/**
 * Returns the fields for Nova, which thinks from Nova 2 on. At `high` it refuses any output limit. Source:
 * https://docs.aws.amazon.com/nova/latest/nova2-userguide/extended-thinking.html
 */
function novaThinking({ upstreamModel, model }: Endpoint, effort: ReasoningEffort | undefined): Thinking {
  if (search(/\bnova-[2-9]/, `${upstreamModel} ${model}`) === null) return unasked
  if (effort === 'none') return { fields: { reasoningConfig: { type: 'disabled' } }, fixedSampling: false }
  const fields = { reasoningConfig: { type: 'enabled', maxReasoningEffort: effort } }
  return effort === 'high' ? { fields, maxTokens: 'absent', fixedSampling: true } : { fields, fixedSampling: false }
}

/** Returns the fields for OpenAI's models. The open models take the field of Chat Completions, the others that of Responses. */
function openaiThinking(
  { upstreamModel, model }: Endpoint,
  effort: ReasoningEffort,
  effortAmong: (levels: readonly string[]) => ReasoningEffort | undefined,
): Thinking {
  if (search(/gpt-oss/, `${upstreamModel} ${model}`) !== null) {
    const level = effort === 'none' ? 'low' : effortAmong(['low', 'medium', 'high'])
    return { fields: { reasoning_effort: level }, fixedSampling: false }
  }
  return { fields: { reasoning: { effort: effort === 'minimal' ? 'low' : effort } }, fixedSampling: false }
}
