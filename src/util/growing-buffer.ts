const nothing = Buffer.alloc(0)
/** Larger memory is given back when it is cleared. */
const keptBytes = 65_536

/**
 * Chunks put together in one copy, which doubles as it fills: memory is taken for what has arrived, never for what was announced. A list
 * of the chunks would cost a buffer object each, about 400 bytes, so that a sender of single bytes could fill the memory with a body
 * far below its limit.
 */
export class GrowingBuffer {
  #copy: Buffer = nothing
  #length = 0

  get length(): number {
    return this.#length
  }

  /** What was appended. It is overwritten after `clear`. */
  get bytes(): Buffer {
    return this.#copy.subarray(0, this.#length)
  }

  /**
   * @param limit How long the whole may become. What would pass it is not appended.
   * @returns Whether it was appended.
   */
  append(chunk: Buffer, limit: number, start = 0, end = chunk.length): boolean {
    const needed = this.#length + end - start
    if (needed > limit) return false
    if (needed > this.#copy.length) {
      const grown = Buffer.allocUnsafe(Math.min(2 * needed, limit))
      this.#copy.copy(grown, 0, 0, this.#length)
      this.#copy = grown
    }
    chunk.copy(this.#copy, this.#length, start, end)
    this.#length = needed
    return true
  }

  /** Begins anew, in the same memory while it is small. */
  clear(): void {
    this.#length = 0
    if (this.#copy.length > keptBytes) this.#copy = nothing
  }
}
