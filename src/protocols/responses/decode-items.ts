import type { ContentPart, Modality } from '../../canonical/content-part.ts'
import type { Stretch } from '../../canonical/generation-request.ts'
import type { AssistantMessage, Message } from '../../canonical/message.ts'
import type { ReasoningDetail } from '../../canonical/reasoning.ts'
import { search } from '../../util/pattern.ts'
import { isSealed, openThought } from '../gateway-fields/sealed-thought.ts'
import { argumentsOfInput } from './custom-tool.ts'
import { decodeContent, decodeTexts, refusalIn } from './decode-content.ts'
import { openAiFormat } from './reasoning-format.ts'
import { decodeRun } from './run-items.ts'
import { protocolName } from './name.ts'
import { groupedName } from './tool-group.ts'
import type { WireItem } from './schema/item.ts'
import type { ResponsesRequest } from './schema/request.ts'

/**
 * Decodes a conversation. What a turn of the model thought, said and called are items of their own, and one message here. The instructions
 * are the first stretch, which no item stands for.
 */
export function decodeItems({ instructions, input }: ResponsesRequest, modalities: Set<Modality>): readonly Stretch[] {
  const stretches: Stretch[] = []
  if (instructions) {
    stretches.push({ messages: [{ role: 'system', content: [{ type: 'text', text: instructions }] }], wire: [] })
  }
  if (typeof input === 'string') {
    const message = { role: 'user', content: [{ type: 'text', text: input }] } as const
    return [...stretches, { messages: [message], wire: [{ role: 'user', content: input }] }]
  }
  let turn: WireItem[] = []
  const endTurn = (): void => {
    if (turn.length > 0) stretches.push({ messages: [decodeTurn(turn, modalities)], wire: turn })
    turn = []
  }
  for (const item of input) {
    if (isOfModel(item)) turn.push(item)
    else if (item.type !== 'configuration_update') {
      endTurn()
      stretches.push({ messages: [decodeItem(item, modalities)], wire: [item] })
    }
  }
  endTurn()
  return stretches
}

/** Items of other kinds that a model made, by the ends of their types; all others are said to it. */
const madeByModel = /_call$|^(?:openrouter:|mcp_list_tools|mcp_approval_request|compaction|context_compaction)/

const isOfModel = (item: WireItem): boolean => {
  if ('role' in item && typeof item.role === 'string') return item.role === 'assistant'
  return item.type === 'reasoning' || search(madeByModel, item.type ?? '') !== null
}

function decodeItem(item: Exclude<WireItem, { type: 'configuration_update' }>, modalities: Set<Modality>): Message {
  switch (item.type) {
    case 'function_call_output':
    case 'custom_tool_call_output':
      return { role: 'tool', toolCallId: item.call_id, content: decodeContent(item.output, modalities) }
    case undefined:
    case null:
    case 'message':
      return item.role === 'user' || item.role === 'assistant'
        ? { role: 'user', content: decodeContent(item.content, modalities) }
        : { role: item.role, content: decodeTexts(item.content) }
    default:
      return { role: 'user', content: [{ type: 'vendor', item: { language: protocolName, value: { ...item } } }] }
  }
}

function decodeTurn(items: readonly WireItem[], modalities: Set<Modality>): AssistantMessage {
  const content: ContentPart[] = []
  const toolCalls: AssistantMessage['toolCalls'][number][] = []
  const reasoningDetails: ReasoningDetail[] = []
  let refusal = ''
  let thoughts = 0
  for (const item of items) {
    switch (item.type) {
      case undefined:
      case null:
      case 'message': {
        refusal += refusalIn(item.content)
        content.push(...decodeContent(withoutRefusals(item.content), modalities))
        break
      }
      case 'function_call':
        toolCalls.push({
          id: item.call_id,
          name: groupedName(item.namespace, item.name),
          arguments: item.arguments,
        })
        break
      case 'custom_tool_call':
        toolCalls.push({
          id: item.call_id,
          name: groupedName(item.namespace, item.name),
          arguments: argumentsOfInput(item.input),
        })
        break
      case 'reasoning': {
        const details = decodeReasoning(item, thoughts)
        thoughts += details.length
        reasoningDetails.push(...details)
        break
      }
      default: {
        const run = decodeRun({ ...item })
        if (run !== null) reasoningDetails.push(run)
      }
    }
  }
  return {
    role: 'assistant',
    content,
    toolCalls,
    ...(refusal !== '' && { refusal }),
    ...(reasoningDetails.length > 0 && { reasoningDetails }),
  }
}

type Content = Extract<WireItem, { role: string }>['content']

const withoutRefusals = (content: Content): Content =>
  typeof content === 'string' ? content : content.filter(({ type }) => type !== 'refusal')

type ReasoningItem = Extract<WireItem, { type: 'reasoning' }>

function decodeReasoning(item: ReasoningItem, index: number): readonly ReasoningDetail[] {
  const summaries = (item.summary ?? []).map(({ text }) => text)
  const thoughts = (item.content ?? []).map(({ text }) => text)
  const sealed = item.encrypted_content ?? ''
  if (isSealed(sealed)) {
    const opened = openThought(sealed, [...summaries, ...thoughts].join('\n\n'))
    return opened.map((detail, place) => ({ ...detail, index: index + place }))
  }
  const common = { id: item.id ?? null, format: item.format ?? openAiFormat }
  const details: readonly ReasoningDetail[] = [
    ...summaries.map((summary) => ({ ...common, type: 'summary', summary }) as const),
    ...thoughts.map(
      (text) => ({ ...common, type: 'text', text, ...(item.signature && { signature: item.signature }) }) as const,
    ),
    ...(sealed === '' ? [] : [{ ...common, type: 'encrypted', data: sealed } as const]),
  ]
  return details.map((detail, place) => ({ ...detail, index: index + place }))
}
