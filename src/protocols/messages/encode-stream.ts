import type { VendorItem } from '../../canonical/content-part.ts'
import { errorEvent, type GenerationBatch, type GenerationEvent } from '../../canonical/generation-event.ts'
import type { GenerationRequest } from '../../canonical/generation-request.ts'
import type { Usage } from '../../canonical/usage.ts'
import type { JsonObject } from '../../util/json.ts'
import { encodeMetadata } from '../gateway-fields/encode-metadata.ts'
import { redactUpstreamBody } from '../gateway-fields/redact-upstream-body.ts'
import type { ReplyIdentity } from '../protocol.ts'
import { AnswerBlocks } from './answer-blocks.ts'
import { encodeEnding, type Ending, failedAnswer, ownFields, usageOf } from './encode-ending.ts'
import { encodeFailure } from './encode-failure.ts'
import { encodeUsage } from './encode-usage.ts'
import { emptyMessage, omitsThoughts } from './message-frame.ts'

/** Writes the named events of contract §8.A5. A piece of text costs one `JSON.stringify` of it and some concatenation. */
export class StreamEncoder {
  readonly #identity: ReplyIdentity
  readonly #blocks: AnswerBlocks
  readonly #vendorFields: VendorItem[] = []
  #model: string
  #provider: string | undefined
  #usage: Usage = {}
  #serviceTier: string | null = null
  #ending: Omit<Ending, 'refusal'> = { reason: null, native: null, stopSequence: null }
  #hasBegun = false
  /** What has been written since the last batch. */
  #text = ''

  constructor(identity: ReplyIdentity, request: GenerationRequest) {
    this.#identity = identity
    this.#model = request.models[0] ?? ''
    this.#blocks = new AnswerBlocks((event) => this.#write(event), omitsThoughts(request))
  }

  encode(batch: GenerationBatch): string {
    for (const event of batch) this.#encodeEvent(event)
    const text = this.#text
    this.#text = ''
    return text
  }

  #encodeEvent(event: GenerationEvent): void {
    switch (event.type) {
      case 'start':
        return
      case 'committed':
        this.#provider = event.provider
        this.#model = event.model
        this.#serviceTier ??= event.serviceTier ?? null
        return
      case 'usage':
        this.#usage = event.usage
        this.#serviceTier = event.serviceTier ?? this.#serviceTier
        return
      case 'vendor-fields':
        this.#vendorFields.push(event.item)
        return
      case 'alive':
        if (this.#hasBegun) this.#write({ type: 'ping' })
        return
      case 'upstream-request':
        return this.#writeDebug(event)
      case 'end':
        return this.#end(event)
      case 'error':
        return this.#write(encodeFailure(event.error, event.metadata, this.#identity.id))
      case 'finish':
        if (event.choice === 0) {
          const { reason, native, stopSequence = null } = event
          this.#ending = { reason, native, stopSequence }
        }
        break
      case 'text-delta':
        if (event.choice === 0 && this.#blocks.isInText) return this.#writeText(event.text)
        break
      case 'item':
        return
      default:
    }
    this.#begin()
    this.#blocks.add(event)
  }

  /** With the first content: by then the upstream has said what the prompt was, where it says so at all. */
  #begin(): void {
    if (this.#hasBegun) return
    this.#hasBegun = true
    const usage = encodeUsage(this.#usage, undefined, this.#serviceTier, usageOf(ownFields(this.#vendorFields)))
    const message = emptyMessage(this.#identity.id, this.#model, this.#provider, usage)
    this.#write({ type: 'message_start', message })
  }

  #writeText(text: string): void {
    if (text === '') return
    const index = this.#blocks.count - 1
    this.#text += `event: content_block_delta\ndata: {"type":"content_block_delta","index":${index},"delta":{"type":"text_delta","text":${JSON.stringify(text)}}}\n\n`
  }

  #end({ usage, cost, metadata }: Extract<GenerationEvent, { type: 'end' }>): void {
    const ending = { ...this.#ending, refusal: this.#blocks.refusal }
    if (ending.reason === 'error') return this.#encodeEvent(errorEvent(failedAnswer(ending), 'never'))
    this.#begin()
    const own = ownFields(this.#vendorFields)
    const { stop_details: _, usage: ownUsage = {}, container = null, ...rest } = own
    this.#write({
      type: 'message_delta',
      delta: { ...encodeEnding(ending, own), container },
      ...rest,
      usage: encodeUsage(usage, cost, this.#serviceTier, usageOf({ usage: ownUsage })),
    })
    this.#write({
      type: 'message_stop',
      ...(metadata !== undefined && { openrouter_metadata: encodeMetadata(metadata) }),
    })
  }

  /** One per attempted provider (contract §4.6); clients of Anthropic's pass over pings. */
  #writeDebug({ body, provider, model }: Extract<GenerationEvent, { type: 'upstream-request' }>): void {
    this.#write({ type: 'ping', provider, model, debug: { echo_upstream_body: redactUpstreamBody(body) } })
  }

  #write(event: JsonObject): void {
    this.#text += `event: ${String(event['type'])}\ndata: ${JSON.stringify(event)}\n\n`
  }
}
