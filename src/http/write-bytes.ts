import type { ServerResponse } from 'node:http'
import type { GenerationBatch, GenerationEvent } from '../canonical/generation-event.ts'
import { drained } from './drained.ts'

export interface BytesOptions {
  readonly headers: () => Readonly<Record<string, string>>
  readonly mediaType: string
  /** Replies with an ordinary error, because the stream failed before anything was written. */
  readonly refuse: (failure: Extract<GenerationEvent, { type: 'error' }>) => void
}

/**
 * Writes a generation as the bytes that it consists of. There is no way to write an error among them, so a stream that breaks off ends in a
 * closed connection without the end that HTTP has: it never looks complete.
 */
export async function writeBytes(
  stream: AsyncIterable<GenerationBatch>,
  outgoing: ServerResponse,
  options: BytesOptions,
): Promise<void> {
  let isComplete = false
  try {
    for await (const batch of stream) {
      for (const event of batch) {
        if (event.type === 'error') {
          if (!outgoing.headersSent) return options.refuse(event)
          return
        }
        if (event.type === 'end') isComplete = true
        if (event.type !== 'item' || event.item.type !== 'speech') continue
        if (!outgoing.headersSent) {
          outgoing.writeHead(200, {
            'content-type': options.mediaType,
            'cache-control': 'no-cache',
            ...options.headers(),
          })
        }
        if (!outgoing.write(event.item.bytes)) await drained(outgoing)
      }
      if (outgoing.destroyed) return
    }
    if (isComplete) outgoing.end()
  } finally {
    if (outgoing.headersSent && !isComplete) outgoing.destroy()
  }
}
