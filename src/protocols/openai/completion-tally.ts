/**
 * Finds out whether the completion counts of a stream are of the whole so far, as is usual, or of each chunk alone. Of the whole, a count
 * never shrinks while words come, and no chunk of words is without a token; of chunks alone, their sum is no more than there are
 * characters.
 */
export class CompletionTally {
  #chunks = 0
  #characters = 0
  #sum = 0
  #reasoningSum = 0
  #most = 0
  #last = 0
  #shrank = false

  /**
   * Notes what a chunk of words counted.
   * @param characters How many the chunk brought.
   */
  add(completion: number, reasoning: number, characters: number): void {
    this.#chunks += 1
    this.#characters += characters
    this.#sum += completion
    this.#reasoningSum += reasoning
    this.#shrank ||= completion > 0 && completion < this.#last
    this.#most = Math.max(this.#most, completion)
    this.#last = completion
  }

  /** The sums, where the chunks counted themselves alone. */
  get sums(): { readonly completion: number; readonly reasoning: number } | null {
    const isOfChunks = (this.#shrank || this.#most < this.#chunks) && this.#sum <= this.#characters
    return isOfChunks ? { completion: this.#sum, reasoning: this.#reasoningSum } : null
  }
}
