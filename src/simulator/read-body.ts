import type { IncomingMessage } from 'node:http'
import { readStream } from '../util/read-stream.ts'

const longestBody = 256 * 1024 * 1024

/** The whole body as text; null if it is longer than any test needs or the client left before its end. */
export async function readBody(request: IncomingMessage): Promise<string | null> {
  const bytes = await readStream(request, longestBody)
  if (bytes === 'too long') request.destroy()
  return typeof bytes === 'string' ? null : bytes.toString()
}
