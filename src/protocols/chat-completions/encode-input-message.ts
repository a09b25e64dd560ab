import { type ContentPart, documentWords } from '../../canonical/content-part.ts'
import type { ChatRequest } from '../../canonical/generation-request.ts'
import type { Message } from '../../canonical/message.ts'
import type { Template } from '../../catalog/template.ts'
import { arrayOf, isObject, type JsonObject } from '../../util/json.ts'
import { sameList } from '../../util/same-list.ts'
import { piecesOf } from '../vendors/pieces-of.ts'
import type { ChatCompletionsQuirks } from './quirks.ts'
import { encodeAnnotation } from '../gateway-fields/annotation.ts'
import { protocolName } from './decode-request.ts'
import { encodeReasoningDetail } from '../gateway-fields/reasoning-detail.ts'
import { refusePart } from '../vendors/refuse-part.ts'
import { ToolNames } from '../vendors/tool-names.ts'
import { type AssistantReasoning, assistantReasoning, withReasoning } from './assistant-reasoning.ts'
import { encodeImage } from './encode-choice.ts'
import { fitCacheMarkers, marker } from './cache-markers.ts'
import { withCallSignatures } from './call-signature.ts'
import { orderMessages, withInstruction, withNameInWords } from './order-messages.ts'
import { withIdsOfLength, withinOpenAiLimits } from './fit-calls.ts'

/** The settings for encoding one request's messages. */
interface Form {
  readonly quirks: ChatCompletionsQuirks
  readonly template: Template
  readonly reasoning: AssistantReasoning
  /** The names of functions as OpenAI takes them; null where others are taken. */
  readonly functions: ToolNames | null
}

/**
 * Encodes the messages of a conversation. A message that was not changed is passed on unchanged, except for what this upstream or this model
 * does not take (principle 2).
 * @param instruction An additional instruction for the model.
 */
export function encodeMessages(
  request: ChatRequest,
  quirks: ChatCompletionsQuirks,
  template: Template,
  instruction?: string,
): readonly JsonObject[] {
  const hasLimits = quirks.openAiLimits === true || template.openAiLimits === true
  const form = {
    quirks,
    template,
    reasoning: assistantReasoning(request, quirks, template),
    functions: hasLimits ? functionNames(request) : null,
  }
  const messages = piecesOf(request, protocolName).flatMap((piece) => {
    if (piece.type === 'message') return [adapt(encodeMessage(piece.message), piece.message, form)]
    const { wire } = piece
    return piece.messages.map((message, index) => adapt(wire[index] ?? encodeMessage(message), message, form))
  })
  const ordered = orderMessages(
    instruction === undefined ? messages : withInstruction(messages, instruction),
    quirks,
    template,
  )
  const { protocol, body } = request.source
  const original = protocol === protocolName ? arrayOf(body['messages']) : []
  return sameList(original, ordered)
}

/**
 * Returns the names of functions. Those of offered tools are taken first, so that a tool that was called under another name cannot get one
 * of them.
 */
function functionNames({ parameters }: ChatRequest): ToolNames {
  const names = new ToolNames(/[^a-zA-Z0-9_-]/g, 64)
  for (const { name } of parameters.tools ?? []) names.toWire(name)
  return names
}

function adapt(wire: JsonObject, message: Message, { quirks, template, reasoning, functions }: Form): JsonObject {
  let adapted = wire
  if (message.role === 'developer' && quirks.developerRole !== true) adapted = { ...adapted, role: 'system' }
  adapted = fitCacheMarkers(adapted, quirks.cacheControl ?? false)
  if (message.role === 'user' || message.role === 'tool') adapted = withoutProcessing(adapted, message)
  if (message.role === 'assistant') {
    // The gateway's own note of the model that answered.
    if ('model' in adapted) adapted = without(adapted, (field) => field === 'model')
    if (template.callSignatures === true && reasoning.field !== 'reasoning_details') {
      adapted = withCallSignatures(adapted, message)
    }
    adapted = withReasoning(adapted, message, reasoning)
  }
  if (message.name !== undefined && quirks.names === false) adapted = withNameInWords(adapted)
  if (template.toolCallIdLength !== undefined) adapted = withIdsOfLength(adapted, template.toolCallIdLength)
  if (functions !== null) adapted = withinOpenAiLimits(adapted, functions)
  return quirks.messageFields === undefined ? adapted : withFields(adapted, quirks.messageFields, reasoning)
}

/** Removes the fields that the provider does not know. */
function withFields(wire: JsonObject, fields: readonly string[], { field: thoughts }: AssistantReasoning): JsonObject {
  const isKnown = (field: string): boolean => everyMessage.has(field) || fields.includes(field) || field === thoughts
  return Object.keys(wire).every(isKnown) ? wire : without(wire, (field) => !isKnown(field))
}

/** Removes the settings for a video's processing, which are a field of the gateway's own (contract §2.2). */
function withoutProcessing(wire: JsonObject, { content }: Message): JsonObject {
  if (!content.some(({ type }) => type === 'video')) return wire
  return { ...wire, content: arrayOf(wire['content']).map(asPlainVideo) }
}

function asPlainVideo(part: unknown): unknown {
  const video = isObject(part) ? part['video_url'] : undefined
  if (!isObject(part) || !isObject(video) || !('processing' in video)) return part
  return { ...part, video_url: without(video, (field) => field === 'processing') }
}

const everyMessage = new Set(['role', 'content', 'tool_calls', 'tool_call_id'])

const without = (wire: JsonObject, test: (field: string) => boolean): JsonObject =>
  Object.fromEntries(Object.entries(wire).filter(([field]) => !test(field)))

/** Encodes a message that came in another protocol or was changed on the way. */
function encodeMessage(message: Message): JsonObject {
  const named = message.name === undefined ? {} : { name: message.name }
  switch (message.role) {
    case 'system':
    case 'developer':
    case 'user':
      return { role: message.role, content: encodeContent(message.content), ...named }
    case 'tool':
      return { role: 'tool', tool_call_id: message.toolCallId, content: encodeContent(message.content), ...named }
    case 'assistant':
      return {
        role: 'assistant',
        content: message.content.length === 0 ? null : encodeContent(message.content),
        ...named,
        ...(message.toolCalls.length > 0 && {
          tool_calls: message.toolCalls.map(({ id, ...called }) => ({ id, type: 'function', function: called })),
        }),
        ...(message.refusal !== undefined && { refusal: message.refusal }),
        ...(message.reasoning !== undefined && { reasoning: message.reasoning }),
        ...(message.reasoningDetails !== undefined && {
          reasoning_details: message.reasoningDetails.map(encodeReasoningDetail),
        }),
        ...(message.annotations !== undefined && { annotations: message.annotations.flatMap(encodeAnnotation) }),
        ...(message.images !== undefined && { images: message.images.map(encodeImage) }),
        ...marker(message.cacheControl),
      }
  }
}

function encodeContent(content: readonly ContentPart[]): string | readonly JsonObject[] {
  const [only] = content
  if (content.length === 1 && only?.type === 'text' && only.cacheControl === undefined) return only.text
  return content.map(encodePart)
}

function encodePart(part: ContentPart): JsonObject {
  switch (part.type) {
    case 'text':
      return { type: 'text', text: part.text, ...marker(part.cacheControl) }
    case 'image': {
      const detail = part.detail === undefined ? {} : { detail: part.detail }
      return { type: 'image_url', image_url: { url: part.url, ...detail }, ...marker(part.cacheControl) }
    }
    case 'audio':
      return { type: 'input_audio', input_audio: { data: part.data, format: part.format } }
    case 'video':
      return { type: 'video_url', video_url: { url: part.url } }
    case 'file':
      return {
        type: 'file',
        file: {
          ...(part.filename !== undefined && { filename: part.filename }),
          ...(part.data !== undefined && { file_data: part.data }),
          ...(part.fileId !== undefined && { file_id: part.fileId }),
        },
        ...marker(part.cacheControl),
      }
    case 'document':
      return { type: 'text', text: documentWords(part), ...marker(part.cacheControl) }
    case 'vendor':
      return refusePart('messages', part, 'This provider')
  }
}
