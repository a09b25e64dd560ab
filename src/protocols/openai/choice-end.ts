import { normaliseFinish } from '../vendors/finish-reason.ts'

/**
 * Keeps the reason why one choice ends, until the answer is over: some upstreams give one in every chunk, before the words, or twice.
 */
export class ChoiceEnd {
  #reason: string | null = null
  #native: string | null = null
  /** Whether words came after a reason, so that a reason beside words is no sign of an end. */
  #isCareless = false
  #isBesideWords = false

  /** Whether a reason was given. */
  get given(): boolean {
    return this.#reason !== null
  }

  get reason(): string {
    return this.#reason ?? ''
  }

  /** In the words of the upstream's own upstream, where it tells those. */
  get native(): string {
    return this.#native ?? this.reason
  }

  /** Notes that text came in a chunk without a finish reason. */
  goOn(): void {
    if (this.#reason === null) return
    this.#isCareless = true
    this.#isBesideWords = true
  }

  /** @param hasWords Whether words came in the same chunk. */
  end(reason: string, native: string | undefined, hasWords: boolean): void {
    if (hasWords && this.given) this.#isCareless = true
    // A plain end, said once more after a better reason, says nothing new.
    const isPlain = normaliseFinish(reason, true) === 'tool_calls'
    if (!this.given || hasWords || this.#isBesideWords || !isPlain) {
      this.#reason = reason
      this.#native = native ?? null
    }
    this.#isBesideWords = hasWords
  }

  /** @param isClosed Whether the upstream said that the whole answer is over. */
  isOver(isClosed: boolean): boolean {
    return this.given && (isClosed || !this.#isCareless || !this.#isBesideWords)
  }
}
