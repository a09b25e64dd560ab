import type { ContentPart, FilePart, TextPart } from '../../canonical/content-part.ts'
import type { AssistantMessage, Message } from '../../canonical/message.ts'
import type { ReasoningDetail } from '../../canonical/reasoning.ts'
import type { Endpoint } from '../../catalog/endpoint.ts'
import { parseDataUrl } from '../../util/data-url.ts'
import { namedContent } from '../vendors/named-content.ts'
import { refusePart } from '../vendors/refuse-part.ts'
import type { ToolNames } from '../vendors/tool-names.ts'
import type { UserBlock, WireAssistant, WireDocument, WireMessage } from './wire.ts'
import { search } from '../../util/pattern.ts'

interface Encoded {
  readonly messages: readonly WireMessage[]
  /** Files stand beside the conversation, as text that the model may cite. */
  readonly documents: readonly WireDocument[]
}

export function encodeMessages(messages: readonly Message[], endpoint: Endpoint, names: ToolNames): Encoded {
  const documents: WireDocument[] = []
  const encoded = messages.flatMap((message, index): WireMessage | readonly WireMessage[] => {
    const path = `messages[${index}].content`
    switch (message.role) {
      case 'system':
      case 'developer':
        return { role: 'system', content: joinText(namedContent(message)) }
      case 'user':
        return { role: 'user', content: encodeUser(namedContent(message), path, endpoint, documents) }
      case 'assistant':
        return encodeAssistant(message, endpoint, names)
      case 'tool': {
        const result = { role: 'tool', tool_call_id: message.toolCallId, content: textOf(message.content) } as const
        if (messages[index + 1]?.role === 'tool') return result
        const media = mediaOfResults(messages.slice(0, index + 1), endpoint, documents)
        return media.length === 0 ? result : [result, { role: 'user', content: media }]
      }
    }
  })
  return { messages: encoded, documents }
}

/** The result of a tool is text: what the last of them returned besides is said by the user, behind all of them. */
function mediaOfResults(
  messages: readonly Message[],
  endpoint: Endpoint,
  documents: WireDocument[],
): readonly UserBlock[] {
  const first = messages.findLastIndex(({ role }) => role !== 'tool') + 1
  return messages
    .slice(first)
    .flatMap(({ content }, offset) =>
      content.flatMap((part, place): readonly UserBlock[] =>
        part.type === 'text'
          ? []
          : encodePart(part, `messages[${first + offset}].content[${place}]`, endpoint, documents),
      ),
    )
}

const textOf = (content: readonly ContentPart[]): string =>
  content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n\n')

const joinText = (parts: readonly TextPart[]): string => parts.map(({ text }) => text).join('\n\n')

function encodeUser(
  content: readonly ContentPart[],
  path: string,
  endpoint: Endpoint,
  documents: WireDocument[],
): string | readonly UserBlock[] {
  const blocks = content.flatMap((part, index) => encodePart(part, `${path}[${index}]`, endpoint, documents))
  const [only] = blocks
  if (only === undefined) return ''
  return blocks.length === 1 && only.type === 'text' ? only.text : blocks
}

function encodePart(
  part: ContentPart,
  place: string,
  { providerName }: Endpoint,
  documents: WireDocument[],
): readonly UserBlock[] {
  switch (part.type) {
    case 'text':
      return [{ type: 'text', text: part.text }]
    case 'image': {
      const detail = part.detail === 'original' ? 'high' : part.detail
      return [{ type: 'image_url', image_url: { url: part.url, ...(detail !== undefined && { detail }) } }]
    }
    case 'file':
      documents.push(encodeDocument(part, place, providerName))
      return []
    case 'document':
      documents.push({
        data: { ...(part.title !== undefined && { title: part.title }), text: part.texts.join('\n\n') },
      })
      return []
    default:
      return refusePart(place, part, providerName)
  }
}

const textual = /^(text\/|application\/(json|xml|yaml|x-yaml|x-ndjson)$)/

function encodeDocument(part: FilePart, path: string, providerName: string): WireDocument {
  const data = part.data === undefined ? null : parseDataUrl(part.data)
  if (data === null || search(textual, data.mediaType) === null)
    return refusePart(path, part, providerName, 'only text files')
  const text = Buffer.from(data.data, 'base64').toString()
  return { data: { ...(part.filename !== undefined && { title: part.filename }), text } }
}

/** A turn keeps its thoughts where the model has any, and its plan where it called tools. */
function encodeAssistant(
  message: AssistantMessage,
  { reasoning }: Endpoint,
  names: ToolNames,
): readonly WireAssistant[] {
  const details = (message.reasoningDetails ?? []).filter(({ format }) => format === 'unknown' || !format)
  const thought = reasoning === null ? '' : joinThoughts(details, 'text')
  const plan = joinThoughts(details, 'summary')
  const content = [
    ...(thought === '' ? [] : [{ type: 'thinking', thinking: thought } as const]),
    ...message.content.flatMap((part) =>
      part.type === 'text' && part.text !== '' ? [{ type: 'text', text: part.text } as const] : [],
    ),
    ...(message.refusal ? [{ type: 'text', text: message.refusal } as const] : []),
  ]
  const calls = message.toolCalls.map(
    ({ id, name, arguments: text }) =>
      ({ id, type: 'function', function: { name: names.toWire(name), arguments: text } }) as const,
  )
  if (content.length + calls.length === 0) return []
  return [
    {
      role: 'assistant',
      ...(content.length > 0 && { content }),
      ...(calls.length > 0 && { tool_calls: calls, ...(plan !== '' && { tool_plan: plan }) }),
    },
  ]
}

/** Thoughts come as text, plans as summaries; the vendor has no format of its own. */
function joinThoughts(details: readonly ReasoningDetail[], type: 'text' | 'summary'): string {
  return details
    .map((detail) => {
      if (detail.type !== type) return ''
      return detail.type === 'text' ? (detail.text ?? '') : detail.summary
    })
    .join('')
}
