import { GrowingBuffer } from '../util/growing-buffer.ts'

/** Bytes that are handed out as they are asked for. */
export interface ByteSource {
  /**
   * Returns all that arrived since the last call; waits while that is nothing. Null at the end.
   * @throws the error that ended them early.
   */
  next(): Promise<readonly Buffer[] | null>
}

/** The number of bytes that may still be read. Bodies that belong together share one budget. */
export interface ByteBudget {
  left: number
}

/**
 * Reads a whole body into one buffer, with one copy however small its chunks are. Returns null where it is longer than the budget.
 * @throws the error that ended it early.
 */
export async function readBytes(source: ByteSource, budget: ByteBudget): Promise<Buffer | null> {
  const body = new GrowingBuffer()
  const limit = budget.left
  for (let chunks = await source.next(); chunks !== null; chunks = await source.next()) {
    for (const chunk of chunks) {
      budget.left -= chunk.length
      if (budget.left < 0 || !body.append(chunk, limit)) return null
    }
  }
  return body.bytes
}

/** The bytes that may stand before a text in UTF-8. */
export const byteOrderMark = Buffer.from('\uFEFF')

/**
 * Reads a whole body as text, without the byte order mark that may stand before it. Returns null where it is longer than `maxBytes`.
 * @throws the error that ended it early.
 */
export async function readBody(source: ByteSource, maxBytes: number): Promise<string | null> {
  const bytes = await readBytes(source, { left: maxBytes })
  if (bytes === null) return null
  return bytes.toString('utf8', bytes.subarray(0, 3).equals(byteOrderMark) ? 3 : 0)
}
