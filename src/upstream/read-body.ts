import { GrowingBuffer } from '../util/growing-buffer.ts'
import type { ResponseStream } from './response-stream.ts'

/** Bytes that may still be taken; bodies that belong together share one. */
export interface ByteBudget {
  left: number
}

/**
 * A whole body, in one copy however small its chunks are; `null` when it is longer than the budget.
 * @throws the response's failure.
 */
export async function readBytes(response: ResponseStream, budget: ByteBudget): Promise<Buffer | null> {
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

/** The same as text, with a budget of its own. */
export async function readBody(response: ResponseStream, maxBytes: number): Promise<string | null> {
  const bytes = await readBytes(response, { left: maxBytes })
  return bytes === null ? null : bytes.toString()
}
