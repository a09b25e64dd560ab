import type { ChatRequest } from '../../canonical/generation-request.ts'
import type { AssistantMessage, Message } from '../../canonical/message.ts'
import { piecesOf } from '../vendors/pieces-of.ts'
import { namedContent } from '../vendors/named-content.ts'
import { toolCallId } from '../vendors/tool-call-id.ts'
import type { ToolNames } from '../vendors/tool-names.ts'
import { inputOfArguments } from './custom-tool.ts'
import { type ContentDialect, encodeContent } from './encode-content.ts'
import { encodeReasoningItems } from './encode-reasoning-items.ts'
import { protocolName } from './name.ts'
import { isReadBy } from './own-fields.ts'
import type { OutputPart, SentItem } from './wire.ts'

/** Encodes a conversation as a list of items: the thoughts, the text and the calls of a turn are separate items. */
export const encodeInput = (request: ChatRequest, dialect: ContentDialect, names: ToolNames): readonly SentItem[] =>
  piecesOf(request, protocolName).flatMap((piece) =>
    piece.type === 'as-it-came'
      ? piece.wire.filter((item) => isReadBy(item, dialect.reasoningFormat))
      : encodeMessage(piece.message, `messages[${piece.index}].content`, dialect, names),
  )

function encodeMessage(message: Message, path: string, dialect: ContentDialect, names: ToolNames): readonly SentItem[] {
  switch (message.role) {
    case 'system':
    case 'developer':
    case 'user': {
      const role = message.role === 'developer' && !dialect.developerRole ? 'system' : message.role
      return [{ type: 'message', role, content: encodeContent(namedContent(message), path, dialect) }]
    }
    case 'tool': {
      const output = encodeContent(message.content, path, dialect)
      const call_id = callId(message.toolCallId)
      return [
        {
          type: dialect.customCalls.has(message.toolCallId) ? 'custom_tool_call_output' : 'function_call_output',
          call_id,
          output,
        },
      ]
    }
    case 'assistant':
      return encodeTurn(message, dialect, names)
  }
}

/** "Invalid 'input[5].call_id': string too long. Expected a string with maximum length 64". */
const callId = (id: string): string => toolCallId(id, /^[^]{1,64}$/, 'call_')

/**
 * Encodes a turn of the assistant. Its thoughts come before the text and calls that followed them: OpenAI refuses a thought without what
 * follows it.
 */
function encodeTurn(message: AssistantMessage, dialect: ContentDialect, names: ToolNames): readonly SentItem[] {
  const content = outputParts(message)
  const words = content.length === 0 ? [] : [{ type: 'message', role: 'assistant', content } as const]
  const calls = message.toolCalls.map(({ id, name, arguments: text }): SentItem => {
    const about = { call_id: callId(id), ...(dialect.shortNames.get(name) ?? { name: names.toWire(name) }) }
    return dialect.customCalls.has(id)
      ? { type: 'custom_tool_call', ...about, input: inputOfArguments(text) }
      : { type: 'function_call', ...about, arguments: text }
  })
  if (words.length + calls.length === 0) return []
  return [...encodeReasoningItems(message.reasoningDetails ?? [], dialect.reasoningFormat), ...words, ...calls]
}

function outputParts({ content, refusal }: AssistantMessage): readonly OutputPart[] {
  const said = content.flatMap((part): readonly OutputPart[] =>
    part.type === 'text' && part.text !== '' ? [{ type: 'output_text', text: part.text, annotations: [] }] : [],
  )
  return refusal ? [...said, { type: 'refusal', refusal }] : said
}
