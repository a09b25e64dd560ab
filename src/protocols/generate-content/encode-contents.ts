import type { Message, ToolMessage } from '../../canonical/message.ts'
import { type JsonObject, stringOf } from '../../util/json.ts'
import { namedContent } from '../vendors/named-content.ts'
import { type AssistantPlace, encodeAssistant } from './encode-assistant.ts'
import { encodePart, type PartPlace } from './encode-part.ts'
import { append } from '../../util/append.ts'

interface Content {
  readonly role: 'user' | 'model'
  readonly parts: readonly JsonObject[]
}

export interface Conversation {
  readonly systemInstruction?: { readonly parts: readonly JsonObject[] }
  readonly contents: readonly Content[]
}

type ConversationPlace = Omit<AssistantPlace, 'path'> & {
  /** Whether media may stand in the result of a call: since Gemini 3. Before, they stand beside it. */
  readonly mediaInResults: boolean
}

/** A call that waits for its result. */
interface Called {
  readonly name: string
  readonly order: number
}

/**
 * Encodes a conversation. Instructions move to the top, wherever they were; turns of one role in a row become one; the results of tools
 * become a turn of the user, in the order of the calls.
 * @throws GatewayError for a part that cannot be sent.
 */
export function encodeConversation(messages: readonly Message[], place: ConversationPlace): Conversation {
  const system: JsonObject[] = []
  const turns: { role: Content['role']; parts: JsonObject[] }[] = []
  const say = (role: Content['role'], parts: readonly JsonObject[]): void => {
    if (parts.length === 0) return
    const last = turns.at(-1)
    if (last?.role === role) append(last.parts, parts)
    else turns.push({ role, parts: [...parts] })
  }
  const called = new Map<string, Called>()
  const orderOf = ({ toolCallId }: ToolMessage): number => called.get(toolCallId)?.order ?? Infinity
  let results: { message: ToolMessage; at: PartPlace }[] = []
  const sayResults = (): void => {
    const sorted = results.sort((one, other) => orderOf(one.message) - orderOf(other.message) || 0)
    for (const { message, at } of sorted) say('user', encodeResult(message, called.get(message.toolCallId), at, place))
    results = []
  }

  for (const [index, message] of messages.entries()) {
    const at = { ...place, path: `messages[${index}].content` }
    if (message.role === 'tool') {
      results.push({ message, at })
      continue
    }
    sayResults()
    if (message.role === 'assistant') {
      for (const [order, { id, name }] of message.toolCalls.entries()) called.set(id, { name, order })
      say('model', encodeAssistant(message, at))
    } else if (message.role === 'user') say('user', encodeContent(message, at))
    else append(system, encodeContent(message, at))
  }
  sayResults()
  // Somebody has to speak.
  if (turns.length === 0) return { contents: [{ role: 'user', parts: system }] }
  return { ...(system.length > 0 && { systemInstruction: { parts: system } }), contents: turns }
}

function encodeContent(message: Exclude<Message, { role: 'assistant' }>, at: PartPlace): readonly JsonObject[] {
  return namedContent(message)
    .map((part, index) => encodePart(part, { ...at, path: `${at.path}[${index}]` }))
    .filter((part) => part !== null)
}

/** The language pairs a result with its call by name; a result of a call that nobody made is for the upstream to judge. */
function encodeResult(
  message: ToolMessage,
  call: Called | undefined,
  at: PartPlace,
  { names, quirks, mediaInResults }: ConversationPlace,
): readonly JsonObject[] {
  const parts = encodeContent({ ...message, name: undefined }, at)
  const output = parts.map(({ text }) => stringOf(text) ?? '').join('')
  const media = parts.filter((part) => !('text' in part))
  const functionResponse = {
    name: names.toWire(call?.name ?? message.name ?? message.toolCallId),
    response: { output },
    ...(quirks.host !== 'vertex' && { id: message.toolCallId }),
    ...(mediaInResults && media.length > 0 && { parts: media }),
  }
  return [{ functionResponse }, ...(mediaInResults ? [] : media)]
}
