/**
 * What came of one text of an answer, so that a message that says the whole again adds only what is new. Of deltas it holds no more than
 * the first: the answer itself is never held.
 */
export class SaidText {
  #first = ''
  #length = 0
  /** The whole so far, where it came in messages. */
  #inMessages = ''

  get any(): boolean {
    return this.#length > 0
  }

  /** Notes a delta. */
  add(text: unknown): void {
    if (typeof text !== 'string' || text === '') return
    if (this.#length === 0) this.#first = text
    this.#length += text.length
  }

  /** What a message adds: the whole answer again, or, where messages come in place of deltas, perhaps a piece of it. */
  rest(text: string): string {
    if (this.#length > this.#inMessages.length) return text.startsWith(this.#first) ? text.slice(this.#length) : ''
    const isWhole = text.startsWith(this.#inMessages)
    const added = isWhole ? text.slice(this.#length) : text
    this.#inMessages = isWhole ? text : this.#inMessages + text
    this.#length = this.#inMessages.length
    return added
  }
}
