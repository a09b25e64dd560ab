import type { ChoiceEvent, GenerationBatch, GenerationEvent } from '../../canonical/generation-event.ts'
import type { GenerationRequest } from '../../canonical/generation-request.ts'
import { serverToolDetail } from '../../canonical/reasoning.ts'
import type { JsonObject } from '../../util/json.ts'
import type { ReplyIdentity } from '../protocol.ts'
import { encodeReasoningDelta } from '../gateway-fields/reasoning-detail.ts'
import { StreamEnvelope } from '../openai/stream-envelope.ts'
import { encodeAnnotation } from '../gateway-fields/annotation.ts'
import { encodeImage, encodeLogprobs } from './encode-choice.ts'

const brokenChoice = { index: 0, delta: { content: '' }, finish_reason: 'error', native_finish_reason: null }
const unfinished = ',"finish_reason":null,"native_finish_reason":null}]}\n\n'

/**
 * Writes the event stream of contract §4. What is the same in every chunk is serialised once a stream, so that a token costs
 * one `JSON.stringify` of its text and some concatenation.
 */
export class StreamEncoder {
  readonly #envelope: StreamEnvelope
  readonly #excludeReasoning: boolean
  readonly #roles = new Set<number>()
  /** The calls of server tools by id. A call is shown with its result. */
  readonly #runs = new Map<string, Extract<GenerationEvent, { type: 'server-tool-call' }>>()

  constructor(identity: ReplyIdentity, request: GenerationRequest) {
    this.#envelope = new StreamEnvelope(identity, request, 'chat.completion.chunk', brokenChoice)
    this.#excludeReasoning = request.parameters.reasoning?.exclude === true
  }

  encode(batch: GenerationBatch): string {
    let text = ''
    for (const event of batch) text += this.#encodeEvent(event)
    return text
  }

  #encodeEvent(event: GenerationEvent): string {
    switch (event.type) {
      case 'text-delta':
        if (event.logprobs === undefined && this.#roles.has(event.choice)) {
          return `${this.#envelope.head}"choices":[{"index":${event.choice},"delta":{"content":${JSON.stringify(event.text)}}${unfinished}`
        }
        return this.#choiceChunk(event, { content: event.text }, encodeLogprobs(event.logprobs ?? null, null))
      case 'reasoning-delta':
        if (this.#excludeReasoning) return ''
        return this.#choiceChunk(event, encodeReasoningDelta(event.detail))
      case 'refusal-delta':
        return this.#choiceChunk(event, { refusal: event.text }, encodeLogprobs(null, event.logprobs ?? null))
      case 'tool-call-start': {
        const { index, id, name } = event
        return this.#choiceChunk(event, {
          tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }],
        })
      }
      case 'tool-call-delta':
        return this.#choiceChunk(event, {
          tool_calls: [{ index: event.index, type: 'function', function: { arguments: event.arguments } }],
        })
      case 'annotation': {
        const annotations = encodeAnnotation(event.annotation)
        return annotations.length === 0 ? '' : this.#choiceChunk(event, { annotations })
      }
      case 'image':
        return this.#choiceChunk(event, { images: [encodeImage(event.url)] })
      case 'audio-delta': {
        const { id, data, transcript, expiresAt } = event
        return this.#choiceChunk(event, { audio: { id, data, transcript, expires_at: expiresAt } })
      }
      case 'server-tool-call':
        this.#runs.set(event.id, event)
        return ''
      case 'server-tool-result': {
        if (this.#excludeReasoning) return ''
        const run = this.#runs.get(event.id)
        if (run === undefined) return ''
        return this.#choiceChunk(event, encodeReasoningDelta(serverToolDetail(run, event.result)))
      }
      case 'part-end':
      case 'vendor-item':
        return ''
      case 'finish':
        return this.#finishChunk(event)
      default:
        return this.#envelope.encode(event)
    }
  }

  /** The first chunk of a choice says whose turn it is (contract §4.3). */
  #role(choice: number): string {
    if (this.#roles.has(choice)) return ''
    this.#roles.add(choice)
    return `${this.#envelope.head}"choices":[{"index":${choice},"delta":{"role":"assistant","content":""}${unfinished}`
  }

  #choiceChunk({ choice }: ChoiceEvent, delta: JsonObject, logprobs: JsonObject | null = null): string {
    const words = logprobs === null ? '' : `,"logprobs":${JSON.stringify(logprobs)}`
    return `${this.#role(choice)}${this.#envelope.head}"choices":[{"index":${choice},"delta":${JSON.stringify(delta)}${words}${unfinished}`
  }

  #finishChunk({ choice, reason, native }: Extract<GenerationEvent, { type: 'finish' }>): string {
    const finish = { index: choice, delta: { content: '' }, finish_reason: reason, native_finish_reason: native }
    return `${this.#role(choice)}${this.#envelope.head}"choices":[${JSON.stringify(finish)}]}\n\n`
  }
}
