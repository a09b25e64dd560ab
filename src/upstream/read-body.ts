import { GrowingBuffer } from '../util/growing-buffer.ts'

/** Bytes that are handed out as they are asked for. */
export interface ByteSource {
  /**
   * All that arrived since the last call; waits while that is nothing. `null` is the end.
   * @throws what broke them off.
   */
  next(): Promise<readonly Buffer[] | null>
}

/** Bytes that may still be taken; bodies that belong together share one. */
export interface ByteBudget {
  left: number
}

/**
 * A whole body, in one copy however small its chunks are; `null` when it is longer than the budget.
 * @throws what broke it off.
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

/** May stand before a text. */
export const byteOrderMark = Buffer.from('\uFEFF')

/** The same as text, with a budget of its own, and without the byte order mark that may stand before it. */
export async function readBody(source: ByteSource, maxBytes: number): Promise<string | null> {
  const bytes = await readBytes(source, { left: maxBytes })
  if (bytes === null) return null
  return bytes.toString('utf8', bytes.subarray(0, 3).equals(byteOrderMark) ? 3 : 0)
}
