import type { CallEvent } from '../../canonical/generation-event.ts'
import type { ReasoningDetail } from '../../canonical/reasoning.ts'
import { arrayOf, countOf, isObject, type JsonObject, stringOf } from '../../util/json.ts'

/** Decodes an entry of `reasoning_details` (contract §3.3a). Returns null for an unknown variant. */
export function decodeReasoningDetail(value: unknown): ReasoningDetail | null {
  if (!isObject(value)) return null
  const common = {
    id: stringOf(value['id']) ?? null,
    format: stringOf(value['format']) ?? null,
    index: countOf(value['index']),
  }
  switch (value['type']) {
    case 'reasoning.text':
      return {
        ...common,
        type: 'text',
        text: stringOf(value['text']) ?? null,
        signature: stringOf(value['signature']) ?? null,
      }
    case 'reasoning.summary':
      return { ...common, type: 'summary', summary: stringOf(value['summary']) ?? '' }
    case 'reasoning.encrypted':
      return { ...common, type: 'encrypted', data: stringOf(value['data']) ?? '' }
    case 'reasoning.server_tool_call':
      return {
        ...common,
        type: 'server-tool-call',
        toolName: stringOf(value['tool_name']) ?? '',
        arguments: stringOf(value['arguments']) ?? '',
        result: stringOf(value['result']) ?? '',
        toolCallId: stringOf(value['tool_call_id']),
      }
    default:
      return null
  }
}

export function encodeReasoningDetail(detail: ReasoningDetail): JsonObject {
  const common = { id: detail.id ?? null, format: detail.format ?? 'unknown', index: detail.index ?? 0 }
  switch (detail.type) {
    case 'text':
      return { type: 'reasoning.text', text: detail.text ?? '', signature: detail.signature ?? null, ...common }
    case 'summary':
      return { type: 'reasoning.summary', summary: detail.summary, ...common }
    case 'encrypted':
      return { type: 'reasoning.encrypted', data: detail.data, ...common }
    case 'server-tool-call':
      return {
        type: 'reasoning.server_tool_call',
        tool_name: detail.toolName,
        arguments: detail.arguments,
        result: detail.result,
        ...(detail.toolCallId !== undefined && { tool_call_id: detail.toolCallId }),
        ...common,
      }
  }
}

/** Returns the text of a detail, as the plain `reasoning` field shows it. Encrypted reasoning has none. */
export function reasoningText(detail: ReasoningDetail): string {
  if (detail.type === 'text') return detail.text ?? ''
  return detail.type === 'summary' ? detail.summary : ''
}

/**
 * Decodes the reasoning in a delta, a message or a choice. `reasoning_details` holds more than the plain fields, which are read only
 * without it: an upstream that sends both repeats the same reasoning.
 */
export function decodeReasoning(choice: number, from: JsonObject, events: CallEvent[]): void {
  const details = arrayOf(from['reasoning_details'])
  for (const value of details) {
    const detail = decodeReasoningDetail(value)
    if (detail !== null) events.push({ type: 'reasoning-delta', choice, detail })
  }
  if (details.length > 0) return
  const text = stringOf(from['reasoning_content']) || stringOf(from['reasoning'])
  if (text) events.push({ type: 'reasoning-delta', choice, detail: { type: 'text', text } })
}

/** Encodes the reasoning of a whole answer: as text, and as details where there are any. */
export function encodeReasoning(details: readonly ReasoningDetail[]): JsonObject {
  if (details.length === 0) return { reasoning: null }
  const text = details.map(reasoningText).join('')
  return { reasoning: text === '' ? null : text, reasoning_details: details.map(encodeReasoningDetail) }
}

/** Encodes one piece of reasoning in a stream. */
export const encodeReasoningDelta = (detail: ReasoningDetail): JsonObject => ({
  reasoning: reasoningText(detail),
  reasoning_details: [encodeReasoningDetail(detail)],
})
