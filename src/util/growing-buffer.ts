const nothing = Buffer.alloc(0)
/** A buffer that is larger than this is released when it is cleared. */
const keptBytes = 65_536

/**
 * A buffer that chunks are copied into. Its size doubles as it fills, so that it takes memory for what has arrived, and never for what was
 * only announced. A list of the chunks would take a buffer object for each, about 400 bytes, so that a client that sends single bytes could
 * fill the memory with a body far below its limit.
 */
export class GrowingBuffer {
  #copy: Buffer = nothing
  #length = 0

  get length(): number {
    return this.#length
  }

  /** The bytes that were appended. They are overwritten after `clear`. */
  get bytes(): Buffer {
    return this.#copy.subarray(0, this.#length)
  }

  /**
   * Appends a chunk, or a part of it.
   * @param limit The greatest length of the whole. A chunk that would exceed it is not appended.
   * @returns Whether the chunk was appended.
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

  /** Empties the buffer. It keeps its memory while that is small. */
  clear(): void {
    this.#length = 0
    if (this.#copy.length > keptBytes) this.#copy = nothing
  }
}
