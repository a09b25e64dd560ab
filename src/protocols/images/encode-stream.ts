import type { GenerationBatch, GenerationEvent } from '../../canonical/generation-event.ts'
import type { Item } from '../../canonical/item.ts'
import { encodeErrorObject } from '../gateway-fields/encode-error.ts'
import { encodeMetadata } from '../gateway-fields/encode-metadata.ts'
import { done } from '../openai/stream-envelope.ts'
import type { ReplyIdentity } from '../protocol.ts'
import { encodeImageUsage } from './encode-result.ts'

const event = (body: object): string => `data: ${JSON.stringify(body)}\n\n`

/** What the events of a stream are named after: they differ between the addresses of OpenAI. */
export type EventFamily = 'image_generation' | 'image_edit'

type GeneratedImage = Extract<Item, { type: 'generated-image' }>

/**
 * Writes the event stream of contract §8.B. The last image waits for the end, since its event has the usage; so nothing looks complete
 * before it is recorded.
 */
export class StreamEncoder {
  readonly #identity: ReplyIdentity
  readonly #family: EventFamily
  #last: GeneratedImage | undefined

  constructor(identity: ReplyIdentity, family: EventFamily) {
    this.#identity = identity
    this.#family = family
  }

  encode(batch: GenerationBatch): string {
    let text = ''
    for (const given of batch) text += this.#encodeEvent(given)
    return text
  }

  #encodeEvent(given: GenerationEvent): string {
    switch (given.type) {
      case 'item':
        return this.#encodeItem(given.item)
      case 'end': {
        const { usage, cost, metadata } = given
        return (
          this.#completed({
            usage: encodeImageUsage(usage, cost),
            ...(metadata !== undefined && { openrouter_metadata: encodeMetadata(metadata) }),
          }) + done
        )
      }
      case 'error': {
        // The official SDK wants a text as the code here, unlike everywhere else.
        const { code, message, error_type: type, metadata } = encodeErrorObject(given.error)
        return event({ type: 'error', error: { code: String(code), message, type, metadata } }) + done
      }
      default:
        return ''
    }
  }

  #encodeItem(item: Item): string {
    switch (item.type) {
      case 'partial-image':
        return event({
          type: `${this.#family}.partial_image`,
          b64_json: item.data,
          partial_image_index: item.index,
        })
      case 'generated-image': {
        const before = this.#completed({})
        this.#last = item
        return before
      }
      default:
        return ''
    }
  }

  #completed(more: object): string {
    if (this.#last === undefined) return ''
    const { data, mediaType } = this.#last
    this.#last = undefined
    const { created } = this.#identity
    return event({
      type: `${this.#family}.completed`,
      b64_json: data,
      media_type: mediaType,
      created,
      // OpenAI's name for the same.
      created_at: created,
      ...more,
    })
  }
}
