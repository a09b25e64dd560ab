import { refusesReasoning } from '../../canonical/reasoning.ts'
import type { ChatRequest } from '../../canonical/generation-request.ts'
import type { AssistantMessage } from '../../canonical/message.ts'
import type { Template } from '../../catalog/template.ts'
import type { JsonObject } from '../../util/json.ts'
import { reasoningText } from '../gateway-fields/reasoning-detail.ts'
import type { ChatCompletionsQuirks } from './quirks.ts'

/** What becomes of the reasoning of earlier turns in one request. */
export interface AssistantReasoning {
  /** The field that it is sent in; undefined: in those it came in. */
  readonly field: ChatCompletionsQuirks['assistantReasoningField']
  /** Whether a turn that calls tools must have some. */
  readonly demanded: boolean
}

export function assistantReasoning(
  { parameters }: ChatRequest,
  quirks: ChatCompletionsQuirks,
  template: Template,
): AssistantReasoning {
  const thinks = parameters.reasoning === undefined || !refusesReasoning(parameters.reasoning)
  return { field: fieldOf(quirks, template), demanded: template.assistantReasoning === 'demanded' && thinks }
}

function fieldOf(
  { assistantReasoningField: field, messageFields }: ChatCompletionsQuirks,
  template: Template,
): AssistantReasoning['field'] {
  switch (template.assistantReasoning) {
    case 'refused':
      return 'none'
    case 'used':
    case 'demanded':
      if (field !== undefined && field !== 'none') return field
      // The name that the vendors of these models gave it. A provider that refuses unknown fields would refuse this one.
      return field === 'none' && messageFields !== undefined ? 'none' : 'reasoning_content'
    case undefined:
      // Signatures go back with the calls, and Google refuses fields that it does not know.
      return field ?? (template.callSignatures === true ? 'none' : undefined)
  }
}

/** For a turn of another model, or of a client that keeps no thoughts. An empty text is refused as if there were none. */
const unspokenThought = ' '

export function withReasoning(
  wire: JsonObject,
  message: AssistantMessage,
  { field, demanded }: AssistantReasoning,
): JsonObject {
  if (field === undefined) return wire
  const lacks = demanded && message.toolCalls.length > 0 && field !== 'none' && field !== 'reasoning_details'
  if (message.reasoning === undefined && message.reasoningDetails === undefined && !lacks) return wire
  const { reasoning: _, reasoning_content: __, reasoning_details: details, ...rest } = wire
  if (field === 'none') return rest
  // In the order and the words in which it came: providers refuse a sequence that was changed (contract §2.5).
  if (field === 'reasoning_details' && message.reasoningDetails !== undefined) {
    return { ...rest, reasoning_details: details }
  }
  const said = message.reasoning ?? message.reasoningDetails?.map(reasoningText).join('') ?? ''
  const text = said === '' && lacks ? unspokenThought : said
  if (text === '') return rest
  return { ...rest, [field === 'reasoning_details' ? 'reasoning' : field]: text }
}
