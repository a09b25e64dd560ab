import type { CallEvent } from '../../canonical/generation-event.ts'
import { arrayOf, type JsonObject, objectOf, stringOf } from '../../util/json.ts'
import type { ChoiceDecoder } from '../openai/reply-decoder.ts'
import { decodeMessage } from './decode-message.ts'
import { SaidText } from './said-text.ts'
import { ToolCallTracker } from './tool-call-tracker.ts'

/**
 * One choice of a chat, in deltas or as a message. Some streams end with the whole message, or say it in every chunk: of that only what
 * is new counts.
 */
export class MessageDecoder implements ChoiceDecoder {
  readonly #index: number
  readonly #calls: ToolCallTracker
  readonly #content = new SaidText()
  readonly #reasoning = new SaidText()
  readonly #refusal = new SaidText()
  /** What came of the kinds that are not compared. */
  #hasReasoning = false
  #hasAnnotations = false
  #hasImages = false
  #hasAudio = false

  constructor(index: number, providerName: string) {
    this.#index = index
    this.#calls = new ToolCallTracker(index, providerName)
  }

  decode(choice: JsonObject, events: CallEvent[]): void {
    const before = events.length
    const delta = objectOf(choice['delta'])
    if (delta !== undefined) {
      decodeMessage(this.#index, delta, objectOf(choice['logprobs']), this.#calls, events)
      this.#content.add(delta['content'])
      this.#reasoning.add(reasoningOf(delta))
      this.#refusal.add(delta['refusal'])
    }
    // Beside a delta that says something, a message says the same.
    const message = events.length === before ? objectOf(choice['message']) : undefined
    if (message !== undefined) this.#decodeMessage(message, objectOf(choice['logprobs']), events)
    for (let position = before; position < events.length; position++) this.#note(events[position]?.type)
  }

  end(isCut: boolean, events: CallEvent[]): boolean {
    this.#calls.end(isCut, events)
    return this.#calls.called
  }

  #decodeMessage(message: JsonObject, logprobs: JsonObject | undefined, events: CallEvent[]): void {
    const { content } = message
    const reasoning = reasoningOf(message)
    const isNew = !this.#content.any
    const others: JsonObject = {
      content: typeof content === 'string' ? this.#content.rest(content) : isNew ? content : null,
      reasoning_details: this.#hasReasoning ? null : message['reasoning_details'],
      reasoning: reasoning === undefined ? null : this.#reasoning.rest(reasoning),
      refusal: this.#refusal.rest(stringOf(message['refusal']) ?? ''),
      annotations: this.#hasAnnotations ? null : message['annotations'],
      images: this.#hasImages ? null : message['images'],
      audio: this.#hasAudio ? null : message['audio'],
    }
    decodeMessage(this.#index, others, isNew ? logprobs : undefined, this.#calls, events)
    const listed = arrayOf(message['tool_calls'])
    const called = listed.length > 0 ? listed : [{ function: message['function_call'] }]
    this.#calls.decodeWhole(called, events)
  }

  #note(type: CallEvent['type'] | undefined): void {
    if (type === 'reasoning-delta') this.#hasReasoning = true
    else if (type === 'annotation') this.#hasAnnotations = true
    else if (type === 'image') this.#hasImages = true
    else if (type === 'audio-delta') this.#hasAudio = true
  }
}

const reasoningOf = (message: JsonObject): string | undefined =>
  stringOf(message['reasoning_content']) || stringOf(message['reasoning'])
