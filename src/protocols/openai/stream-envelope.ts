import type { GatewayError } from '../../canonical/errors.ts'
import type { ChoiceEvent, GenerationEvent } from '../../canonical/generation-event.ts'
import type { GenerationRequest } from '../../canonical/generation-request.ts'
import type { JsonObject } from '../../util/json.ts'
import { encodeErrorObject } from '../gateway-fields/encode-error.ts'
import { encodeMetadata } from '../gateway-fields/encode-metadata.ts'
import { encodeUsage } from '../gateway-fields/encode-usage.ts'
import type { ReplyIdentity } from '../protocol.ts'
import { redactUpstreamBody } from '../gateway-fields/redact-upstream-body.ts'

/** The last event of a stream of OpenAI's. */
export const done = 'data: [DONE]\n\n'

/** Writes an event without a name, as OpenAI sends them. */
export const dataEvent = (body: object): string => `data: ${JSON.stringify(body)}\n\n`

/** Writes the error of a stream whose events have a `type`. The official SDK wants a text as the code here, unlike everywhere else. */
export function typedError(error: GatewayError): string {
  const { code, message, error_type: type, metadata } = encodeErrorObject(error)
  return dataEvent({ type: 'error', error: { code: String(code), message, type, metadata } })
}

/** The comment that keeps a silent stream open. Source: contract §4.1. */
export const keepAlive = ': OPENROUTER PROCESSING\n\n'

/** What the event streams of chat and completions share: everything but the choices (contract §4). */
export class StreamEnvelope {
  /** The beginning of every chunk, serialised once a stream: `data: {"id":…,` */
  head: string
  readonly #identity: ReplyIdentity
  readonly #object: string
  readonly #brokenChoice: JsonObject
  #provider: string | undefined
  #model: string
  #systemFingerprint: string | undefined
  #serviceTier: string | undefined

  /** @param brokenChoice The one choice that the chunk of an error shows. */
  constructor(identity: ReplyIdentity, request: GenerationRequest, object: string, brokenChoice: JsonObject) {
    this.#identity = identity
    this.#object = object
    this.#brokenChoice = brokenChoice
    this.#model = request.models[0] ?? ''
    this.head = this.#makeHead()
  }

  encode(event: Exclude<GenerationEvent, ChoiceEvent>): string {
    switch (event.type) {
      case 'start':
        this.#systemFingerprint = event.systemFingerprint
        return ''
      case 'committed':
        this.#provider = event.provider
        this.#model = event.model
        this.#serviceTier ??= event.serviceTier
        this.head = this.#makeHead()
        return ''
      case 'upstream-request':
        return this.#debugChunk(event)
      case 'usage':
        this.#serviceTier = event.serviceTier ?? this.#serviceTier
        return ''
      case 'end':
        return this.#usageChunk(event) + done
      case 'error':
        return this.#errorChunk(event) + done
      case 'alive':
      case 'item':
      case 'vendor-fields':
        return ''
    }
  }

  #makeHead(): string {
    const { id, created } = this.#identity
    const head = JSON.stringify({
      id,
      provider: this.#provider,
      model: this.#model,
      object: this.#object,
      created,
      system_fingerprint: this.#systemFingerprint,
    })
    return `data: ${head.slice(0, -1)},`
  }

  #usageChunk({ usage, cost, metadata }: Extract<GenerationEvent, { type: 'end' }>): string {
    const rest = JSON.stringify({
      service_tier: this.#serviceTier,
      usage: encodeUsage(usage, cost),
      openrouter_metadata: metadata === undefined ? undefined : encodeMetadata(metadata),
    })
    return `${this.head}"choices":[],${rest.slice(1)}\n\n`
  }

  /**
   * After it nothing follows but the end (contract §4.4). `error` is its first key: a widely used client for Go tells an error by how
   * the event begins, and would take a broken answer for a whole one.
   */
  #errorChunk({ error, metadata }: Extract<GenerationEvent, { type: 'error' }>): string {
    const rest = JSON.stringify({
      choices: [this.#brokenChoice],
      openrouter_metadata: metadata === undefined ? undefined : encodeMetadata(metadata),
    })
    const head = this.head.slice('data: {'.length)
    return `data: {"error":${JSON.stringify(encodeErrorObject(error))},${head}${rest.slice(1)}\n\n`
  }

  /** One per attempted provider; the attempt loop tells which (contract §4.6). */
  #debugChunk({ body, provider, model }: Extract<GenerationEvent, { type: 'upstream-request' }>): string {
    const { id, created } = this.#identity
    const chunk = {
      id,
      provider,
      model,
      object: this.#object,
      created,
      choices: [],
      debug: { echo_upstream_body: redactUpstreamBody(body) },
    }
    return `data: ${JSON.stringify(chunk)}\n\n`
  }
}
