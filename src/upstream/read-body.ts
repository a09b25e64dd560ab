import type { ResponseStream } from './response-stream.ts'

/**
 * A whole body as text; `null` when it is longer than `maxBytes`.
 * @throws the response's failure.
 */
export async function readBody(response: ResponseStream, maxBytes: number): Promise<string | null> {
  const all: Buffer[] = []
  let bytes = 0
  for (let chunks = await response.next(); chunks !== null; chunks = await response.next()) {
    for (const chunk of chunks) {
      all.push(chunk)
      bytes += chunk.length
    }
    if (bytes > maxBytes) return null
  }
  return Buffer.concat(all, bytes).toString()
}
