import type { GenerationBatch, GenerationEvent } from '../../canonical/generation-event.ts'
import type { GenerationRequest } from '../../canonical/generation-request.ts'
import type { JsonObject } from '../../util/json.ts'
import { encodeErrorObject } from '../encode-error.ts'
import { encodeMetadata } from '../encode-metadata.ts'
import { encodeUsage } from '../encode-usage.ts'
import type { ReplyIdentity } from '../protocol.ts'
import { redactUpstreamBody } from '../redact-upstream-body.ts'
import { encodeAnnotation } from './annotation.ts'
import { encodeImage, encodeLogprobs } from './encode-choice.ts'
import { encodeReasoningDetail, reasoningText } from './reasoning-detail.ts'

type ChoiceEvent = Extract<GenerationEvent, { readonly choice: number }>

const done = 'data: [DONE]\n\n'
const unfinished = ',"finish_reason":null,"native_finish_reason":null}]}\n\n'

/**
 * Writes the event stream of contract §4. What is the same in every chunk is serialised once a stream, so that a token costs
 * one `JSON.stringify` of its text and some concatenation.
 */
export class StreamEncoder {
  readonly #identity: ReplyIdentity
  readonly #excludeReasoning: boolean
  readonly #roles = new Set<number>()
  #provider: string | undefined
  #model: string
  #systemFingerprint: string | undefined
  #serviceTier: string | undefined
  #head: string

  constructor(identity: ReplyIdentity, request: GenerationRequest) {
    this.#identity = identity
    this.#excludeReasoning = request.parameters.reasoning?.exclude === true
    this.#model = request.models[0] ?? ''
    this.#head = this.#makeHead()
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
          return `${this.#head}"choices":[{"index":${event.choice},"delta":{"content":${JSON.stringify(event.text)}}${unfinished}`
        }
        return this.#choiceChunk(event, { content: event.text }, encodeLogprobs(event.logprobs ?? null, null))
      case 'start':
        this.#systemFingerprint = event.systemFingerprint
        return ''
      case 'committed':
        this.#provider = event.provider
        this.#model = event.model
        this.#head = this.#makeHead()
        return ''
      case 'upstream-request':
        return this.#debugChunk(event)
      case 'reasoning-delta':
        if (this.#excludeReasoning) return ''
        return this.#choiceChunk(event, {
          reasoning: reasoningText(event.detail),
          reasoning_details: [encodeReasoningDetail(event.detail)],
        })
      case 'refusal-delta':
        return this.#choiceChunk(event, { refusal: event.text }, encodeLogprobs(null, event.logprobs ?? null))
      case 'tool-call-start': {
        const { index, id, name } = event
        return this.#choiceChunk(event, { tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }] })
      }
      case 'tool-call-delta':
        return this.#choiceChunk(event, {
          tool_calls: [{ index: event.index, type: 'function', function: { arguments: event.arguments } }],
        })
      case 'annotation':
        return this.#choiceChunk(event, { annotations: [encodeAnnotation(event.annotation)] })
      case 'image':
        return this.#choiceChunk(event, { images: [encodeImage(event.url)] })
      case 'audio-delta': {
        const { id, data, transcript, expiresAt } = event
        return this.#choiceChunk(event, { audio: { id, data, transcript, expires_at: expiresAt } })
      }
      case 'usage':
        this.#serviceTier = event.serviceTier ?? this.#serviceTier
        return ''
      case 'finish':
        return this.#finishChunk(event)
      case 'end':
        return this.#usageChunk(event) + done
      case 'error':
        return this.#errorChunk(event) + done
      case 'alive':
        return ''
    }
  }

  #makeHead(): string {
    const { id, created } = this.#identity
    const head = JSON.stringify({
      id,
      provider: this.#provider,
      model: this.#model,
      object: 'chat.completion.chunk',
      created,
      system_fingerprint: this.#systemFingerprint,
    })
    return `data: ${head.slice(0, -1)},`
  }

  /** The first chunk of a choice says whose turn it is (contract §4.3). */
  #role(choice: number): string {
    if (this.#roles.has(choice)) return ''
    this.#roles.add(choice)
    return `${this.#head}"choices":[{"index":${choice},"delta":{"role":"assistant","content":""}${unfinished}`
  }

  #choiceChunk({ choice }: ChoiceEvent, delta: JsonObject, logprobs: JsonObject | null = null): string {
    const words = logprobs === null ? '' : `,"logprobs":${JSON.stringify(logprobs)}`
    return `${this.#role(choice)}${this.#head}"choices":[{"index":${choice},"delta":${JSON.stringify(delta)}${words}${unfinished}`
  }

  #finishChunk({ choice, reason, native }: Extract<GenerationEvent, { type: 'finish' }>): string {
    const finish = { index: choice, delta: { content: '' }, finish_reason: reason, native_finish_reason: native }
    return `${this.#role(choice)}${this.#head}"choices":[${JSON.stringify(finish)}]}\n\n`
  }

  #usageChunk({ usage, cost, metadata }: Extract<GenerationEvent, { type: 'end' }>): string {
    const rest = JSON.stringify({
      service_tier: this.#serviceTier,
      usage: encodeUsage(usage, cost),
      openrouter_metadata: metadata === undefined ? undefined : encodeMetadata(metadata),
    })
    return `${this.#head}"choices":[],${rest.slice(1)}\n\n`
  }

  /** After it nothing follows but the end (contract §4.4). */
  #errorChunk({ error, metadata }: Extract<GenerationEvent, { type: 'error' }>): string {
    const rest = JSON.stringify({
      error: encodeErrorObject(error),
      choices: [{ index: 0, delta: { content: '' }, finish_reason: 'error', native_finish_reason: null }],
      openrouter_metadata: metadata === undefined ? undefined : encodeMetadata(metadata),
    })
    return `${this.#head}${rest.slice(1)}\n\n`
  }

  /** One per attempted provider; the attempt loop tells which (contract §4.6). */
  #debugChunk({ body, provider, model }: Extract<GenerationEvent, { type: 'upstream-request' }>): string {
    const { id, created } = this.#identity
    const chunk = {
      id,
      provider,
      model,
      object: 'chat.completion.chunk',
      created,
      choices: [],
      debug: { echo_upstream_body: redactUpstreamBody(body) },
    }
    return `data: ${JSON.stringify(chunk)}\n\n`
  }
}
