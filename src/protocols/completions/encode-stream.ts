import type { GenerationBatch, GenerationEvent, TokenLogprob } from '../../canonical/generation-event.ts'
import type { PromptRequest } from '../../canonical/generation-request.ts'
import type { JsonObject } from '../../util/json.ts'
import type { ReplyIdentity } from '../protocol.ts'
import { encodeReasoningDelta } from '../gateway-fields/reasoning-detail.ts'
import { StreamEnvelope } from '../openai/stream-envelope.ts'
import { encodeFinish } from './encode-choice.ts'
import { encodeLogprobs } from './logprobs.ts'

/** An answer that broke off has no word in this language: the event's `error` says it (contract §7.2, §10.37). */
const brokenChoice = { text: '', index: 0, logprobs: null, finish_reason: null }

/** Writes the event stream of contract §7.2. `text` is a string in every choice: the AI SDK refuses null. */
export class StreamEncoder {
  readonly #envelope: StreamEnvelope
  readonly #excludeReasoning: boolean
  readonly #alternatives: number
  /** Where the next token of each choice begins in its text. */
  readonly #offsets = new Map<number, number>()

  constructor(identity: ReplyIdentity, request: PromptRequest) {
    this.#envelope = new StreamEnvelope(identity, request, 'text_completion', brokenChoice)
    this.#excludeReasoning = request.parameters.reasoning?.exclude === true
    this.#alternatives = request.input.logprobs ?? 0
  }

  encode(batch: GenerationBatch): string {
    let text = ''
    for (const event of batch) text += this.#encodeEvent(event)
    return text
  }

  #encodeEvent(event: GenerationEvent): string {
    switch (event.type) {
      case 'text-delta':
      case 'refusal-delta': {
        const logprobs = event.logprobs === undefined ? null : this.#encodeLogprobs(event.choice, event.logprobs)
        return this.#chunk(event.choice, event.text, { logprobs, finish_reason: null })
      }
      case 'reasoning-delta': {
        if (this.#excludeReasoning) return ''
        const reasoning = encodeReasoningDelta(event.detail)
        return this.#chunk(event.choice, '', { logprobs: null, finish_reason: null, ...reasoning })
      }
      case 'finish': {
        const { reason, native } = event
        const finish = { logprobs: null, finish_reason: encodeFinish(reason), native_finish_reason: native }
        return this.#chunk(event.choice, '', finish)
      }
      case 'tool-call-start':
      case 'tool-call-delta':
      case 'annotation':
      case 'image':
      case 'vendor-item':
      case 'audio-delta':
      case 'server-tool-call':
      case 'server-tool-result':
      case 'part-end':
        return ''
      default:
        return this.#envelope.encode(event)
    }
  }

  #chunk(index: number, text: string, rest: JsonObject): string {
    return `${this.#envelope.head}"choices":[${JSON.stringify({ text, index, ...rest })}]}\n\n`
  }

  #encodeLogprobs(choice: number, tokens: readonly TokenLogprob[]): JsonObject {
    const start = this.#offsets.get(choice) ?? 0
    this.#offsets.set(
      choice,
      tokens.reduce((offset, { token }) => offset + token.length, start),
    )
    return encodeLogprobs(tokens, this.#alternatives, start)
  }
}
