import { GatewayError } from '../../canonical/errors.ts'
import type { Usage } from '../../canonical/usage.ts'
import { mediaTypeOf } from '../../util/media-type.ts'
import type { ReplyLog } from '../vendors/event-reply.ts'
import { firstBytes } from '../vendors/inline-media.ts'

/**
 * Collects the images of a reply. A reply with fewer images than were asked for is incomplete (contract §8.B). Images beyond that number
 * are left out: the hold covers only as many as were asked for, so a key would otherwise pay more than its limit.
 */
export class ImageLog {
  readonly #log: ReplyLog
  readonly #wanted: number
  #images = 0

  constructor(log: ReplyLog, wanted: number) {
    this.#log = log
    this.#wanted = wanted
  }

  /** @param data Base64. Without it, the reply is unusable. */
  add(data: string | undefined): void {
    if (this.isComplete) return
    if (!data) return this.#log.fail('The provider sent an image without its bytes.')
    this.#log.push({
      type: 'item',
      item: { type: 'generated-image', index: this.#images++, data, mediaType: imageTypeOf(data) },
    })
  }

  get isComplete(): boolean {
    return this.#images >= this.#wanted
  }

  /** Ends the reply. The images are counted, because they are what most providers charge for. */
  complete(usage: Usage, native = 'stop'): void {
    if (this.#images === 0) return this.#log.fail('The provider made no image.')
    if (!this.isComplete) return this.#log.fail(`The provider made ${this.#images} of ${this.#wanted} images.`)
    this.#log.complete('stop', native, { ...usage, outputImages: this.#images })
  }

  /**
   * Ends the reply as a failure because the provider refused to make an image of this prompt.
   * @param said The provider's own words, where the message quotes them.
   */
  refuse(message: string, said?: string): void {
    this.#log.refuse({
      error: new GatewayError('content_policy_violation', message, { raw: said }),
      retry: { scope: 'next-model' },
    })
  }
}

/** Returns the media type of an image in Base64, by its first bytes. */
export function imageTypeOf(data: string): string | undefined {
  const bytes = firstBytes(data)
  const type = mediaTypeOf(undefined, bytes)
  if (type.startsWith('image/')) return type
  return bytes[0] === lessThan ? 'image/svg+xml' : undefined
}

const lessThan = 0x3c
