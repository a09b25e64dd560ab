import type { CallEvent, TokenLogprob } from '../../canonical/generation-event.ts'
import { arrayOf, countOf, isObject, type JsonObject, objectOf, stringOf } from '../../util/json.ts'
import { decodeLogprobs } from '../vendors/decode-logprobs.ts'
import { decodeReasoning } from '../gateway-fields/reasoning-detail.ts'
import { decodeAnnotation } from '../gateway-fields/annotation.ts'
import type { ToolCallTracker } from './tool-call-tracker.ts'

/**
 * Decodes a delta or a whole message: the same fields, so the same code (principle 3). Reasoning comes before text, text before calls
 * (contract §4.3).
 */
export function decodeMessage(
  choice: number,
  message: JsonObject,
  logprobs: JsonObject | undefined,
  calls: ToolCallTracker,
  events: CallEvent[],
): void {
  decodeReasoning(choice, message, events)
  decodeContent(choice, message['content'], decodeLogprobs(logprobs?.['content']), events)

  const refusal = stringOf(message['refusal'])
  const refusalLogprobs = decodeLogprobs(logprobs?.['refusal'])
  if (refusal || refusalLogprobs !== undefined) {
    events.push({ type: 'refusal-delta', choice, text: refusal ?? '', logprobs: refusalLogprobs })
  }
  const toolCalls = arrayOf(message['tool_calls'])
  for (let position = 0; position < toolCalls.length; position++) calls.decode(toolCalls[position], position, events)
  // The older field for a call, which some upstreams fill in beside the newer.
  const functionCall = message['function_call']
  if (isObject(functionCall) && toolCalls.length === 0) calls.decode({ index: 0, function: functionCall }, 0, events)
  for (const value of arrayOf(message['annotations'])) {
    const annotation = decodeAnnotation(value)
    if (annotation !== null) events.push({ type: 'annotation', choice, annotation })
  }
  for (const image of arrayOf(message['images'])) pushImage(choice, image, events)
  decodeAudio(choice, message['audio'], events)
}

/** Decodes content: text, or Mistral's list of parts, some of which are `thinking`. */
function decodeContent(
  choice: number,
  content: unknown,
  logprobs: readonly TokenLogprob[] | undefined,
  events: CallEvent[],
): void {
  if (typeof content === 'string') {
    if (content !== '' || logprobs !== undefined) events.push({ type: 'text-delta', choice, text: content, logprobs })
    return
  }
  // The log probabilities are those of the whole answer, so they go with its first text.
  let unsaid = logprobs
  for (const part of arrayOf(content)) {
    if (!isObject(part)) continue
    if (part['type'] === 'thinking') {
      for (const thought of arrayOf(part['thinking'])) {
        const text = stringOf(objectOf(thought)?.['text'])
        if (text) events.push({ type: 'reasoning-delta', choice, detail: { type: 'text', text } })
      }
    } else if (part['type'] === 'image_url') {
      pushImage(choice, part, events)
    } else {
      const text = stringOf(part['text'])
      if (!text) continue
      events.push({ type: 'text-delta', choice, text, logprobs: unsaid })
      unsaid = undefined
    }
  }
}

function pushImage(choice: number, image: unknown, events: CallEvent[]): void {
  const url = stringOf(objectOf(objectOf(image)?.['image_url'])?.['url'])
  if (url !== undefined) events.push({ type: 'image', choice, url })
}

function decodeAudio(choice: number, value: unknown, events: CallEvent[]): void {
  if (!isObject(value)) return
  events.push({
    type: 'audio-delta',
    choice,
    id: stringOf(value['id']),
    data: stringOf(value['data']),
    transcript: stringOf(value['transcript']),
    expiresAt: countOf(value['expires_at']),
  })
}
