import { eventsOf } from '../../canonical/events-of-part.ts'
import type { GenerationRequest } from '../../canonical/generation-request.ts'
import type { Choice, GenerationResult } from '../../canonical/generation-result.ts'
import { arrayOf, type JsonObject, objectOf, stringOf } from '../../util/json.ts'
import { encodeMetadata } from '../gateway-fields/encode-metadata.ts'
import type { ReplyIdentity } from '../protocol.ts'
import { toolInput } from '../vendors/tool-input.ts'
import { AnswerBlocks } from './answer-blocks.ts'
import { encodeEnding, failedAnswer, ownFields, usageOf } from './encode-ending.ts'
import { encodeUsage } from './encode-usage.ts'
import { emptyMessage, omitsThoughts } from './message-frame.ts'

/**
 * Encodes a JSON reply (contract §8.A5): the message that a client would assemble from the stream.
 * @throws GatewayError for an answer that the provider reports as failed.
 */
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

/** Assembles the content from the events of blocks, as a client does. */
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
