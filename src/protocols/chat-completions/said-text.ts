import { cutText } from '../../util/cut-text.ts'

/** How many characters of a text are kept to recognise it: the answer itself is never held. */
const longestStart = 256

/** Tracks one text of an answer, so that a message that repeats the whole adds only what is new. */
export class SaidText {
  #start = ''
  #length = 0
  /** Whether any of it came as a delta: then a message can only repeat it. */
  #inDeltas = false

  get any(): boolean {
    return this.#length > 0
  }

  /** Notes a delta. */
  add(text: unknown): void {
    if (typeof text !== 'string' || text === '') return
    if (this.#length === 0) this.#start = cutText(text, longestStart)
    this.#length += text.length
    this.#inDeltas = true
  }

  /**
   * Returns the text that a message adds. The message holds the whole answer again or, where messages come in place of deltas, perhaps a
   * piece of it.
   */
  rest(text: string): string {
    const isWhole = text.length >= this.#length && text.startsWith(this.#start)
    if (this.#inDeltas) return isWhole ? text.slice(this.#length) : ''
    if (this.#length > 0 && text.length < this.#length && this.#start.startsWith(text)) return ''
    const added = isWhole ? text.slice(this.#length) : text
    if (this.#length < longestStart) this.#start = cutText(this.#start + cutText(added, longestStart), longestStart)
    this.#length += added.length
    return added
  }
}
