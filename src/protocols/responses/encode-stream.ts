import { errorEvent, type GenerationBatch, type GenerationEvent } from '../../canonical/generation-event.ts'
import type { GenerationRequest } from '../../canonical/generation-request.ts'
import type { JsonObject } from '../../util/json.ts'
import { encodeMetadata } from '../gateway-fields/encode-metadata.ts'
import { redactUpstreamBody } from '../gateway-fields/redact-upstream-body.ts'
import type { ReplyIdentity } from '../protocol.ts'
import { AnswerItems } from './answer-items.ts'
import { itemSetting } from './item-setting.ts'
import { encodeResponseError, failedAnswer, incompleteReason } from './encode-ending.ts'
import { echoOf, encodeUsage, responseText, type ResponseState } from './response-object.ts'

type Finish = Extract<GenerationEvent, { type: 'finish' }>

/** Writes the events of contract §8.A6, each with its number. */
export class StreamEncoder {
  readonly #identity: ReplyIdentity
  /** As JSON, written once: it holds the instructions and the tools, and each stream has it three times. */
  readonly #echo: string
  readonly #items: AnswerItems
  #model: string
  #provider: string | undefined
  #serviceTier: string | null = null
  #finish: Pick<Finish, 'reason' | 'native'> | null = null
  #hasBegun = false
  #number = 0
  /** What has been written since the last batch. */
  #text = ''

  constructor(identity: ReplyIdentity, request: GenerationRequest) {
    this.#identity = identity
    this.#echo = JSON.stringify(echoOf(request))
    this.#model = request.models[0] ?? ''
    this.#items = new AnswerItems(itemSetting(identity, request, (event) => this.#write(event)))
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
      case 'alive':
      case 'vendor-fields':
        return
      case 'committed':
        this.#provider = event.provider
        this.#model = event.model
        this.#serviceTier ??= event.serviceTier ?? null
        return this.#begin()
      case 'usage':
        this.#serviceTier = event.serviceTier ?? this.#serviceTier
        return
      case 'upstream-request':
        return this.#writeDebug(event)
      case 'end':
        return this.#end(event)
      case 'error':
        return this.#fail(event)
      case 'finish':
        if (event.choice !== 0) return
        this.#finish = event
        return this.#items.end(incompleteReason(event.reason) === undefined ? 'completed' : 'incomplete')
      case 'text-delta':
        if (event.choice === 0 && event.logprobs === undefined && this.#growText(event.text)) return
        break
      case 'item':
        return
      default:
    }
    this.#begin()
    this.#items.add(event)
  }

  /** A piece of an open text costs one `JSON.stringify` of it and some concatenation. */
  #growText(text: string): boolean {
    const place = text === '' ? null : this.#items.growText(text)
    if (place === null) return false
    this.#text += `event: response.output_text.delta\ndata: {"type":"response.output_text.delta","sequence_number":${this.#number++},${place},"delta":${JSON.stringify(text)},"logprobs":[]}\n\n`
    return true
  }

  #begin(): void {
    if (this.#hasBegun) return
    this.#hasBegun = true
    const response = this.#response({ status: 'in_progress', output: [] })
    this.#writeResponse('response.created', response)
    this.#writeResponse('response.in_progress', response)
  }

  #end({ usage, cost, metadata }: Extract<GenerationEvent, { type: 'end' }>): void {
    const { reason = null, native = null } = this.#finish ?? {}
    if (reason === 'error') return this.#encodeEvent(errorEvent(failedAnswer(native), 'never'))
    this.#begin()
    const incomplete = incompleteReason(reason)
    const status = incomplete === undefined ? 'completed' : 'incomplete'
    const response = this.#response({
      status,
      output: this.#items.output,
      ...(incomplete === undefined ? { completedAt: Math.floor(this.#identity.now() / 1000) } : { incomplete }),
      usage: encodeUsage(usage, cost),
      ...(metadata !== undefined && { more: { openrouter_metadata: encodeMetadata(metadata) } }),
    })
    this.#writeResponse(`response.${status}`, response)
    this.#text += 'data: [DONE]\n\n'
  }

  /** As OpenAI does it: the error alone, by which SDKs know it, and then the response that failed. */
  #fail({ error, metadata }: Extract<GenerationEvent, { type: 'error' }>): void {
    this.#begin()
    const said = encodeResponseError(error)
    const { code, message } = said
    this.#write({ type: 'error', code, message, param: null, error: said })
    const response = this.#response({
      status: 'failed',
      output: this.#items.output,
      error: said,
      ...(metadata !== undefined && { more: { openrouter_metadata: encodeMetadata(metadata) } }),
    })
    this.#writeResponse('response.failed', response)
    this.#text += 'data: [DONE]\n\n'
  }

  /** Returns a response as JSON. */
  #response(state: Omit<ResponseState, 'model' | 'provider' | 'serviceTier'>): string {
    const about = { model: this.#model, provider: this.#provider, serviceTier: this.#serviceTier }
    return responseText(this.#identity, this.#echo, { ...about, ...state })
  }

  /** One per attempted provider (contract §4.6). */
  #writeDebug({ body, provider, model }: Extract<GenerationEvent, { type: 'upstream-request' }>): void {
    this.#write({ type: 'response.debug', provider, model, debug: { echo_upstream_body: redactUpstreamBody(body) } })
  }

  #writeResponse(type: string, response: string): void {
    this.#text += `event: ${type}\ndata: {"type":"${type}","sequence_number":${this.#number++},"response":${response}}\n\n`
  }

  #write({ type, ...event }: JsonObject): void {
    const numbered = { type, sequence_number: this.#number++, ...event }
    this.#text += `event: ${String(type)}\ndata: ${JSON.stringify(numbered)}\n\n`
  }
}
