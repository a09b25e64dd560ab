import type { IncomingMessage } from 'node:http'

const longestBody = 256 * 1024 * 1024

/** The whole body as text; null if it is longer than any test needs or the client left before its end. */
export function readBody(request: IncomingMessage): Promise<string | null> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let length = 0
    request.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length <= longestBody) chunks.push(chunk)
      else request.destroy()
    })
    request.on('end', () => resolve(Buffer.concat(chunks).toString()))
    request.on('close', () => resolve(null))
    request.on('error', () => resolve(null))
  })
}
