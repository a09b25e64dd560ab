import type { GenerationBatch, GenerationEvent } from '../../canonical/generation-event.ts'
import type { Item } from '../../canonical/item.ts'
import { encodeMetadata } from '../gateway-fields/encode-metadata.ts'
import { dataEvent, done, typedError } from '../openai/stream-envelope.ts'
import type { ReplyIdentity } from '../protocol.ts'
import { encodeImageUsage } from './encode-result.ts'

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
    for (const event of batch) text += this.#encodeEvent(event)
    return text
  }

  #encodeEvent(event: GenerationEvent): string {
    switch (event.type) {
      case 'item':
        return this.#encodeItem(event.item)
      case 'end': {
        const { usage, cost, metadata } = event
        return (
          this.#completed({
            usage: encodeImageUsage(usage, cost),
            ...(metadata !== undefined && { openrouter_metadata: encodeMetadata(metadata) }),
          }) + done
        )
      }
      case 'error':
        return typedError(event.error) + done
      default:
        return ''
    }
  }

  #encodeItem(item: Item): string {
    switch (item.type) {
      case 'partial-image':
        return dataEvent({
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
    return dataEvent({
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
