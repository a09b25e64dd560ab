import type { ContentPart } from '../../canonical/content-part.ts'
import type { ChatRequest } from '../../canonical/generation-request.ts'
import type { AssistantMessage, Message, ToolMessage } from '../../canonical/message.ts'
import type { ToolCall } from '../../canonical/tool.ts'
import { type JsonObject } from '../../util/json.ts'
import { piecesOf } from '../vendors/pieces-of.ts'
import { namedContent } from '../vendors/named-content.ts'
import type { ToolNames } from '../vendors/tool-names.ts'
import { cacheMark, encodeContent, encodeText } from './encode-content.ts'
import { encodeThoughts, isThought } from './encode-thoughts.ts'
import { toolInput } from '../vendors/tool-input.ts'
import { toolCallId } from '../vendors/tool-call-id.ts'
import { append } from '../../util/append.ts'
import { protocolName } from './name.ts'
import { ownTurn, systemBlocks, type Turn } from './own-turns.ts'

export interface Conversation {
  readonly system: readonly JsonObject[]
  readonly messages: readonly Turn[]
}

/**
 * Encodes a conversation. Instructions move to the top, wherever they were; turns of one role in a row become one; the results of tools
 * become turns of the user. Turns that came in this protocol stay as they are.
 * @throws GatewayError for a part that cannot be sent.
 */
export function encodeConversation(request: ChatRequest, names: ToolNames, providerName: string): Conversation {
  const system: JsonObject[] = []
  const turns: Turn[] = []
  for (const piece of piecesOf(request, protocolName)) {
    if (piece.type === 'as-it-came') {
      if (piece.wire.length === 0) append(system, systemBlocks(request.source.body['system']))
      append(turns, piece.wire.flatMap(ownTurn))
      continue
    }
    const { message, index } = piece
    const role = message.role === 'tool' ? 'user' : message.role
    const encode: EncodeParts = (parts) => encodeContent(parts, `messages[${index}].content`, providerName)
    const blocks = encodeMessage(message, names, encode)
    if (role === 'system' || role === 'developer') append(system, blocks)
    else if (blocks.length > 0) {
      const last = turns.at(-1)
      if (last?.role === role && last.came === undefined) {
        turns[turns.length - 1] = { role, content: [...last.content, ...blocks] }
      } else turns.push({ role, content: blocks })
    }
  }
  const messages = withoutTrailingSpace(turns.map(withResultsFirst))
  // At least one turn is required, so instructions alone become a turn of the user.
  if (messages.length === 0 && system.length > 0) return { system: [], messages: [{ role: 'user', content: system }] }
  return { system, messages }
}

type EncodeParts = (parts: readonly ContentPart[]) => readonly JsonObject[]

function encodeMessage(message: Message, names: ToolNames, encode: EncodeParts): readonly JsonObject[] {
  switch (message.role) {
    case 'assistant':
      return encodeAssistant(message, names, encode)
    case 'tool':
      return [encodeToolResult(message, encode)]
    default:
      return encode(namedContent(message))
  }
}

function encodeAssistant(message: AssistantMessage, names: ToolNames, encode: EncodeParts): readonly JsonObject[] {
  const { content, refusal = '' } = message
  const calls = message.toolCalls.map((call) => encodeToolCall(call, names))
  const said = [
    ...(content.length === 0 ? encodeText(refusal) : encode(namedContent(message))),
    ...calls.map((call, index) =>
      index === calls.length - 1 ? { ...call, ...cacheMark(message.cacheControl) } : call,
    ),
  ]
  // A turn must not end with thinking.
  return said.length === 0 ? [] : [...encodeThoughts(message.reasoningDetails ?? []), ...said]
}

function encodeToolCall(call: ToolCall, names: ToolNames): JsonObject {
  return { type: 'tool_use', id: toolUseId(call.id), name: names.toWire(call.name), input: toolInput(call.arguments) }
}

function encodeToolResult(message: ToolMessage, encode: EncodeParts): JsonObject {
  const content = encode(
    message.content.map((part) => ('cacheControl' in part ? { ...part, cacheControl: undefined } : part)),
  )
  const mark = message.content.findLast((part) => 'cacheControl' in part && part.cacheControl !== undefined)
  return {
    type: 'tool_result',
    tool_use_id: toolUseId(message.toolCallId),
    ...(content.length > 0 && { content }),
    ...(mark !== undefined && 'cacheControl' in mark && cacheMark(mark.cacheControl)),
  }
}

const toolUseId = (id: string): string => toolCallId(id, /^[a-zA-Z0-9_-]+$/, 'toolu_')

function withResultsFirst(turn: Turn): Turn {
  const { role, content, came } = turn
  if (came !== undefined) return turn
  const isResult = ({ type }: JsonObject): boolean => type === 'tool_result'
  if (!content.some(isResult)) return { role, content }
  return { role, content: [...content.filter(isResult), ...content.filter((block) => !isResult(block))] }
}

/** Removes the white space at the end of an answer that is to be continued: Anthropic refuses it there. */
function withoutTrailingSpace(turns: readonly Turn[]): readonly Turn[] {
  const last = turns.at(-1)
  const block = last?.content.at(-1)
  if (last?.role !== 'assistant' || last.came !== undefined || block?.['type'] !== 'text') return turns
  const text = String(block['text']).trimEnd()
  return [...turns.slice(0, -1), { ...last, content: [...last.content.slice(0, -1), { ...block, text }] }]
}

/**
 * Returns which kinds of thinking a conversation allows. An answer that is to be continued allows none. An answer that began without
 * thinking and waits for the results of its tools can continue only with adaptive thinking.
 */
export function roomToThink(messages: readonly Turn[]): 'any' | 'adaptive' | 'none' {
  const last = messages.at(-1)
  if (last?.role === 'assistant') return 'none'
  const goesOn = last?.content.some(({ type }) => type === 'tool_result') === true
  const first = messages.at(-2)?.content[0]
  return goesOn && first !== undefined && !isThought(first) ? 'adaptive' : 'any'
}
