import type { ContentEvent } from '../../canonical/generation-event.ts'
import type { GenerationRequest } from '../../canonical/generation-request.ts'
import type { Choice, GenerationResult, Part } from '../../canonical/generation-result.ts'
import { arrayOf, type JsonObject, objectOf, stringOf } from '../../util/json.ts'
import { encodeMetadata } from '../gateway-fields/encode-metadata.ts'
import type { ReplyIdentity } from '../protocol.ts'
import { toolInput } from '../vendors/tool-input.ts'
import { AnswerBlocks } from './answer-blocks.ts'
import { encodeEnding, failedAnswer, ownFields, usageOf } from './encode-ending.ts'
import { encodeUsage } from './encode-usage.ts'
import { emptyMessage, omitsThoughts } from './message-frame.ts'

/** A JSON reply (contract §8.A5): what a client would put together from the stream. */
export function encodeResult(
  identity: ReplyIdentity,
  result: GenerationResult,
  request: GenerationRequest,
): JsonObject {
  const choice = result.choices.find(({ index }) => index === 0) ?? nothing
  const content: JsonObject[] = []
  const blocks = new AnswerBlocks((event) => gather(content, event), omitsThoughts(request))
  for (const part of choice.parts) for (const event of eventsOf(part)) blocks.add(event)
  const { finishReason: reason, nativeFinishReason: native, stopSequence } = choice
  blocks.add({ type: 'finish', choice: 0, reason: reason ?? 'stop', native })
  const ending = { reason, native, stopSequence, refusal: blocks.refusal }
  if (reason === 'error') throw failedAnswer(ending)
  const own = ownFields(result.vendorFields)
  const usage = encodeUsage(result.usage, result.cost, result.serviceTier, usageOf(own))
  return {
    ...emptyMessage(identity.id, result.model, result.provider, usage),
    ...own,
    content,
    ...encodeEnding(ending, own),
    usage,
    ...(result.metadata !== undefined && { openrouter_metadata: encodeMetadata(result.metadata) }),
  }
}

const nothing: Pick<Choice, 'parts' | 'finishReason' | 'nativeFinishReason' | 'stopSequence'> = {
  parts: [],
  finishReason: 'stop',
  nativeFinishReason: null,
  stopSequence: null,
}

/** The events that a part was made of. Texts that were apart stay apart. */
function eventsOf(part: Part): readonly ContentEvent[] {
  const choice = 0
  switch (part.type) {
    case 'text':
      return [
        { type: 'text-delta', choice, text: part.text },
        { type: 'part-end', choice },
      ]
    case 'refusal':
      return [{ type: 'refusal-delta', choice, text: part.text }]
    case 'reasoning':
      return [{ type: 'reasoning-delta', choice, detail: part.detail }]
    case 'tool-call': {
      const { index, id, name, original, arguments: given } = part
      return [
        { type: 'tool-call-start', choice, index, id, name, original },
        { type: 'tool-call-delta', choice, index, arguments: given },
        { type: 'part-end', choice },
      ]
    }
    case 'annotation':
      return [{ type: 'annotation', choice, annotation: part.annotation }]
    case 'image':
      return [{ type: 'image', choice, url: part.url }]
    case 'vendor-item':
      return [{ type: 'vendor-item', choice, item: part.item }]
    case 'server-tool': {
      const { type: _, status, result, ...call } = part
      const made = { type: 'server-tool-call', choice, ...call } as const
      if (status === null || result === null) return [made]
      return [made, { type: 'server-tool-result', choice, id: part.id, tool: part.tool, status, result }]
    }
    case 'audio':
      return []
  }
}

/** Puts the content together from the events of blocks, as a client does. */
function gather(content: JsonObject[], event: JsonObject): void {
  const block = objectOf(event['content_block'])
  if (block !== undefined) {
    content.push(block)
    return
  }
  const delta = objectOf(event['delta'])
  const last = content.at(-1)
  if (delta === undefined || last === undefined) return
  content[content.length - 1] = { ...last, ...grown(last, delta) }
}

function grown(block: JsonObject, delta: JsonObject): JsonObject {
  const joined = (field: string) => (stringOf(block[field]) ?? '') + (stringOf(delta[field]) ?? '')
  switch (delta['type']) {
    case 'text_delta':
      return { text: joined('text') }
    case 'thinking_delta':
      return { thinking: joined('thinking') }
    case 'signature_delta':
      return { signature: joined('signature') }
    case 'citations_delta':
      return { citations: [...arrayOf(block['citations']), delta['citation']] }
    default:
      return { input: toolInput(stringOf(delta['partial_json']) ?? '') }
  }
}
