import { type ContentPart, documentWords, type TextPart } from '../../canonical/content-part.ts'
import type { AssistantMessage, Message, SystemMessage, ToolMessage } from '../../canonical/message.ts'
import type { ToolCall } from '../../canonical/tool.ts'
import { namedContent } from '../vendors/named-content.ts'
import { refusePart } from '../vendors/refuse-part.ts'
import type { ToolNames } from '../vendors/tool-names.ts'
import { cachePoints } from './cache-points.ts'
import type { MediaEncoder } from './encode-media.ts'
import { encodeThoughts } from './encode-thoughts.ts'
import type { ModelFamily } from './model-family.ts'
import type {
  Block,
  Conversation,
  SystemBlock,
  TextBlock,
  ToolResultBlock,
  ToolUseBlock,
  Turn,
} from './wire-request.ts'
import { toolInput } from '../vendors/tool-input.ts'
import { toolCallId } from '../vendors/tool-call-id.ts'
import { append } from '../../util/append.ts'

/** What writing the messages of one call needs. */
export interface MessageTools {
  readonly family: ModelFamily
  readonly names: ToolNames
  readonly media: MediaEncoder
  readonly providerName: string
}

/**
 * Encodes a conversation. Instructions move to the top, wherever they were; turns of one role in a row become one; the results of tools
 * become turns of the user.
 * @throws GatewayError for a part that cannot be sent.
 */
export function encodeConversation(input: readonly Message[], tools: MessageTools): Conversation {
  const system: SystemBlock[] = []
  const turns: { role: Turn['role']; content: Block[] }[] = []
  for (const [index, message] of input.entries()) {
    if (isInstruction(message)) {
      for (const part of namedContent(message)) system.push(...encodeTextPart(part, tools))
      continue
    }
    const blocks = encodeMessage(message, `messages[${index}].content`, tools)
    const role = message.role === 'assistant' ? 'assistant' : 'user'
    const last = turns.at(-1)
    if (last?.role === role) append(last.content, blocks)
    else if (blocks.length > 0) turns.push({ role, content: [...blocks] })
  }
  // Somebody has to speak.
  if (turns.length === 0 && system.length > 0) return { system: [], messages: [{ role: 'user', content: system }] }
  return { system, messages: withoutTrailingSpace(turns.map(inOrder)) }
}

const isInstruction = (message: Message): message is SystemMessage =>
  message.role === 'system' || message.role === 'developer'

function encodeMessage(message: Exclude<Message, SystemMessage>, path: string, tools: MessageTools): readonly Block[] {
  switch (message.role) {
    case 'assistant':
      return encodeAssistant(message, path, tools)
    case 'tool':
      return encodeToolResult(message, path, tools)
    case 'user': {
      // The name may stand before the parts: the places are the client's.
      const before = namedContent(message).length - message.content.length
      return namedContent(message).flatMap((part, index) => encodePart(part, `${path}[${index - before}]`, tools))
    }
  }
}

/** Bedrock refuses text of white space alone, in any place but a tool's result. */
const encodeText = (text: string): readonly TextBlock[] => (text.trim() === '' ? [] : [{ text }])

function encodeTextPart(part: TextPart, tools: MessageTools): readonly SystemBlock[] {
  const words = encodeText(part.text)
  return words.length === 0 ? [] : [...words, ...cachePoints(part.cacheControl, tools.family)]
}

function encodePart(part: ContentPart, path: string, tools: MessageTools): readonly Block[] {
  if (part.type === 'text') return encodeTextPart(part, tools)
  if (part.type === 'document') return encodeTextPart({ ...part, type: 'text', text: documentWords(part) }, tools)
  if (part.type === 'vendor') return refusePart(path, part, tools.providerName)
  const block = tools.media.encode(part, path)
  return 'cacheControl' in part ? [block, ...cachePoints(part.cacheControl, tools.family)] : [block]
}

function encodeAssistant(message: AssistantMessage, path: string, tools: MessageTools): readonly Block[] {
  const words = namedContent(message).flatMap((part): readonly Block[] =>
    part.type === 'text'
      ? encodeTextPart(part, tools)
      : refusePart(path, part, tools.providerName, 'only users may send it'),
  )
  const said = [
    ...words,
    ...(message.content.length === 0 ? encodeText(message.refusal ?? '') : []),
    ...message.toolCalls.map((call) => encodeToolCall(call, tools.names)),
    ...cachePoints(message.cacheControl, tools.family),
  ]
  // A turn must not end in a thought.
  return said.length === 0 ? [] : [...encodeThoughts(message.reasoningDetails ?? [], tools.family), ...said]
}

function encodeToolCall(call: ToolCall, names: ToolNames): ToolUseBlock {
  return {
    toolUse: { toolUseId: toolUseId(call.id), name: names.toWire(call.name), input: toolInput(call.arguments) },
  }
}

/** The text stays as it was written, JSON or not: as `json` its numbers and order would change. */
function encodeToolResult(message: ToolMessage, path: string, tools: MessageTools): readonly Block[] {
  const content = message.content.map((part, index): ToolResultBlock['toolResult']['content'][number] => {
    if (part.type === 'text') return { text: part.text }
    if (part.type === 'document') return { text: documentWords(part) }
    if (part.type === 'vendor') return refusePart(`${path}[${index}]`, part, tools.providerName)
    const block = tools.media.encode(part, `${path}[${index}]`)
    return 'audio' in block ? refusePart(`${path}[${index}]`, part, tools.providerName) : block
  })
  const marked = message.content.findLast((part) => 'cacheControl' in part && part.cacheControl !== undefined)
  const control = marked !== undefined && 'cacheControl' in marked ? marked.cacheControl : undefined
  const status = message.isError === true ? ({ status: 'error' } as const) : {}
  return [
    { toolResult: { toolUseId: toolUseId(message.toolCallId), content, ...status } },
    ...cachePoints(control, tools.family),
  ]
}

const toolUseId = (id: string): string => toolCallId(id, /^[a-zA-Z0-9_-]{1,64}$/, 'tooluse_')

/** The results of tools come before what the user adds; and where there is a document, there must be words. */
function inOrder({ role, content }: Turn): Turn {
  if (role === 'assistant') return { role, content }
  const results = content.filter((block) => 'toolResult' in block)
  const others = results.length === 0 ? content : content.filter((block) => !('toolResult' in block))
  const document = content.find((block) => 'document' in block)
  const words =
    document === undefined || content.some((block) => 'text' in block) ? [] : [{ text: document.document.name }]
  return { role, content: [...results, ...words, ...others] }
}

/** Claude refuses an answer to be continued that ends in white space. */
function withoutTrailingSpace(turns: readonly Turn[]): readonly Turn[] {
  const last = turns.at(-1)
  const place = last?.content.findLastIndex((block) => !('cachePoint' in block)) ?? -1
  const block = last?.content[place]
  if (last?.role !== 'assistant' || block === undefined || !('text' in block)) return turns
  return [...turns.slice(0, -1), { ...last, content: last.content.with(place, { text: block.text.trimEnd() }) }]
}
