import type { IncomingMessage } from 'node:http'
import { readStream } from '../util/read-stream.ts'

const longestBody = 256 * 1024 * 1024

/** Reads the whole body. Returns null if it is longer than any test needs, or if the client disconnected before its end. */
export async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  const bytes = await readStream(request, longestBody)
  if (bytes === 'too long') request.destroy()
  return typeof bytes === 'string' ? null : bytes
}
