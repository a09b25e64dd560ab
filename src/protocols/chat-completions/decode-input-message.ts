import type { Annotation } from '../../canonical/annotation.ts'
import type { CacheControl, ContentPart, Modality, TextPart } from '../../canonical/content-part.ts'
import type { AssistantMessage, Message } from '../../canonical/message.ts'
import { decodeReasoningDetail } from '../gateway-fields/reasoning-detail.ts'
import { decodeAnnotation } from '../gateway-fields/annotation.ts'
import type { ContentPart as WirePart } from './schema/content-part.ts'
import type { ChatMessage } from './schema/message.ts'

type WireAssistant = Extract<ChatMessage, { role: 'assistant' }>
type WireMarkers = Partial<Pick<Extract<WirePart, { type: 'text' }>, 'cache_control' | 'prompt_cache_breakpoint'>>

/** Decodes one message of a conversation that is already validated. `modalities` collects the kinds of its content other than text. */
export function decodeInputMessage(message: ChatMessage, modalities: Set<Modality>): Message {
  const name = message.name ?? undefined
  const mark = decodeCacheControl(message)
  switch (message.role) {
    case 'system':
    case 'developer':
      return { role: message.role, content: marked(decodeText(message.content), mark), name }
    case 'user':
      return { role: 'user', content: marked(decodeContent(message.content, modalities), mark), name }
    case 'tool':
      return {
        role: 'tool',
        content: marked(decodeContent(message.content, modalities), mark),
        toolCallId: message.tool_call_id,
        name,
      }
    case 'assistant': {
      const decoded = decodeAssistant(message, name, modalities)
      const hasPart = decoded.content.some(saysSomething)
      return hasPart
        ? { ...decoded, content: marked(decoded.content, mark) }
        : { ...decoded, ...(mark !== undefined && { cacheControl: mark }) }
    }
  }
}

const saysSomething = (part: ContentPart): boolean => part.type !== 'text' || part.text !== ''

/** A mark on the message stands for one on its last text (contract §2.1), or on its last part where it has none. */
function marked<Part extends ContentPart>(content: readonly Part[], mark: CacheControl | undefined): readonly Part[] {
  if (mark === undefined) return content
  const text = content.findLastIndex((part) => part.type === 'text' && part.text !== '')
  const last = text >= 0 ? text : content.length - 1
  return content.map((part, index) => (index === last ? withMark(part, mark) : part))
}

const withMark = <Part extends ContentPart>(part: Part, mark: CacheControl): Part =>
  part.type === 'audio' || part.type === 'video' || part.type === 'vendor' || part.cacheControl !== undefined
    ? part
    : { ...part, cacheControl: mark }

function decodeAssistant(
  message: WireAssistant,
  name: string | undefined,
  modalities: Set<Modality>,
): AssistantMessage {
  return {
    role: 'assistant',
    model: message.model ?? undefined,
    content:
      message.content === null || message.content === undefined ? [] : decodeContent(message.content, modalities),
    name,
    toolCalls: (message.tool_calls ?? []).map((call) => ({ id: call.id, ...call.function })),
    refusal: message.refusal ?? undefined,
    reasoning: message.reasoning ?? message.reasoning_content ?? undefined,
    reasoningDetails: message.reasoning_details?.map(decodeReasoningDetail).filter((detail) => detail !== null),
    annotations: message.annotations
      ?.map(decodeAnnotation)
      .filter((annotation): annotation is Annotation => annotation !== null),
    images: message.images?.map(({ image_url: { url } }) => url),
  }
}

function decodeText(content: string | readonly Extract<WirePart, { type: 'text' }>[]): readonly TextPart[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  return content.map((part) => ({
    type: 'text',
    text: part.text,
    cacheControl: decodeCacheControl(part),
  }))
}

function decodeContent(content: string | readonly WirePart[], modalities: Set<Modality>): readonly ContentPart[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  return content.map((part) => decodePart(part, modalities))
}

function decodePart(part: WirePart, modalities: Set<Modality>): ContentPart {
  const cacheControl = decodeCacheControl(part)
  switch (part.type) {
    case 'text':
      return { type: 'text', text: part.text, cacheControl }
    case 'image_url':
      modalities.add('image')
      return { type: 'image', url: part.image_url.url, detail: part.image_url.detail ?? undefined, cacheControl }
    case 'input_audio':
      modalities.add('audio')
      return { type: 'audio', data: part.input_audio.data, format: part.input_audio.format }
    case 'video_url':
    case 'input_video':
      modalities.add('video')
      return { type: 'video', url: part.video_url.url }
    case 'file':
      modalities.add('file')
      return {
        type: 'file',
        filename: part.file.filename ?? undefined,
        data: part.file.file_data ?? undefined,
        fileId: part.file.file_id ?? undefined,
        cacheControl,
      }
  }
}

/** Decodes a cache mark. Anthropic's marker and OpenAI's mean the same (contract §2.2). Returns undefined where there is neither. */
export function decodeCacheControl({
  cache_control: control,
  prompt_cache_breakpoint: breakpoint,
}: WireMarkers): CacheControl | undefined {
  if (!control && !breakpoint) return undefined
  return {
    type: 'ephemeral',
    ...(control?.ttl && { ttl: control.ttl }),
    ...(breakpoint?.ttl && { breakpointTtl: breakpoint.ttl }),
  }
}
