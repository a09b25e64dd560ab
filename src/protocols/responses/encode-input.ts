import type { AssistantMessage, Message } from '../../canonical/message.ts'
import { namedContent } from '../vendors/named-content.ts'
import { type ContentDialect, encodeContent } from './encode-content.ts'
import { encodeReasoningItems } from './encode-reasoning-items.ts'
import type { InputItem, OutputPart } from './wire.ts'

/** A conversation as a list of items: what a turn thought, said and called are items of their own. */
export const encodeInput = (messages: readonly Message[], dialect: ContentDialect): readonly InputItem[] =>
  messages.flatMap((message, index) => encodeMessage(message, `messages[${index}].content`, dialect))

function encodeMessage(message: Message, path: string, dialect: ContentDialect): readonly InputItem[] {
  switch (message.role) {
    case 'system':
    case 'developer':
    case 'user': {
      const role = message.role === 'developer' && !dialect.developerRole ? 'system' : message.role
      return [{ type: 'message', role, content: encodeContent(namedContent(message), path, dialect) }]
    }
    case 'tool': {
      const output = encodeContent(message.content, path, dialect)
      return [{ type: 'function_call_output', call_id: message.toolCallId, output }]
    }
    case 'assistant':
      return encodeTurn(message, dialect)
  }
}

/** The thoughts stand before what they led to: one without what follows it is refused. */
function encodeTurn(message: AssistantMessage, dialect: ContentDialect): readonly InputItem[] {
  const content = outputParts(message)
  const words = content.length === 0 ? [] : [{ type: 'message', role: 'assistant', content } as const]
  const calls = message.toolCalls.map(
    (call) => ({ type: 'function_call', call_id: call.id, name: call.name, arguments: call.arguments }) as const,
  )
  if (words.length + calls.length === 0) return []
  return [...encodeReasoningItems(message.reasoningDetails ?? [], dialect.reasoningFormat), ...words, ...calls]
}

function outputParts({ content, refusal }: AssistantMessage): readonly OutputPart[] {
  const said = content.flatMap((part): readonly OutputPart[] =>
    part.type === 'text' && part.text !== '' ? [{ type: 'output_text', text: part.text, annotations: [] }] : [],
  )
  return refusal ? [...said, { type: 'refusal', refusal }] : said
}
