import type { ReasoningDetail } from '../../canonical/reasoning.ts'
import type { TokenLogprob } from '../../canonical/generation-event.ts'
import { arrayOf, isObject, type JsonObject, objectOf, stringOf } from '../../util/json.ts'
import type { ReplyLog } from '../vendors/event-reply.ts'
import type { CallDecoder } from './decode-call.ts'
import { imageSignatureId, reasoningFormat } from '../vendors/gemini-signature.ts'

/** The parts of one answer: thoughts, words, calls, media, each perhaps with a signature. */
export class PartDecoder {
  readonly #log: ReplyLog
  readonly #calls: CallDecoder
  #images = 0
  /** Details with the same index are pieces of one thought: each signature has its own, and what follows it another. */
  #detailIndex = 0

  constructor(log: ReplyLog, calls: CallDecoder) {
    this.#log = log
    this.#calls = calls
  }

  /** @returns the words among the parts. */
  decode(content: JsonObject, logprobs: readonly TokenLogprob[] | undefined): string {
    let words = ''
    // They are the whole chunk's, so they go with its first words.
    let unsaid = logprobs
    for (const part of arrayOf(content['parts'])) {
      if (!isObject(part)) continue
      const text = this.#decodePart(part)
      if (text === '') continue
      words += text
      this.#log.push({ type: 'text-delta', choice: 0, text, logprobs: unsaid })
      unsaid = undefined
    }
    return words
  }

  #decodePart(part: JsonObject): string {
    const signature = stringOf(part['thoughtSignature']) || undefined
    const call = objectOf(part['functionCall'])
    if (call !== undefined) {
      this.#calls.decode(call, (id) => this.#sign(signature, id))
      return ''
    }
    const text = stringOf(part['text']) ?? ''
    if (part['thought'] === true) {
      this.#think(text, signature)
      return ''
    }
    const media = objectOf(part['inlineData'])
    if (media !== undefined) this.#decodeMedia(media, signature)
    else this.#sign(signature, null)
    return text
  }

  #think(text: string, signature: string | undefined): void {
    if (text === '' && signature === undefined) return
    this.#detail({ type: 'text', text, signature: signature ?? null })
    if (signature !== undefined) this.#detailIndex++
  }

  #sign(signature: string | undefined, id: string | null): void {
    if (signature === undefined) return
    this.#detailIndex++
    this.#detail({ type: 'encrypted', data: signature, id })
    this.#detailIndex++
  }

  #detail(detail: ReasoningDetail): void {
    const marked = { ...detail, format: reasoningFormat, index: this.#detailIndex }
    this.#log.push({ type: 'reasoning-delta', choice: 0, detail: marked })
  }

  #decodeMedia(media: JsonObject, signature: string | undefined): void {
    const data = stringOf(media['data'])
    const mimeType = stringOf(media['mimeType']) ?? ''
    if (data === undefined) return
    if (mimeType.startsWith('audio/')) return this.#log.push({ type: 'audio-delta', choice: 0, data })
    this.#sign(signature, imageSignatureId(this.#images++))
    this.#log.push({ type: 'image', choice: 0, url: `data:${mimeType};base64,${data}` })
  }
}
