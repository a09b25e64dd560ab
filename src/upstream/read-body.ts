import { GrowingBuffer } from '../util/growing-buffer.ts'
import type { ResponseStream } from './response-stream.ts'

/** Bytes that may still be taken; bodies that belong together share one. */
export interface ByteBudget {
  left: number
}

/**
 * Reads a whole body, in one copy however small its chunks are; `null` when it is longer than the budget.
 * @throws the response's failure.
 */
export async function readBody(response: ResponseStream, budget: ByteBudget): Promise<Buffer | null> {
  const body = new GrowingBuffer()
  const limit = budget.left
  for (let chunks = await response.next(); chunks !== null; chunks = await response.next()) {
    for (const chunk of chunks) {
      budget.left -= chunk.length
      if (budget.left < 0 || !body.append(chunk, limit)) return null
    }
  }
  return body.bytes
}
