import type { ServerResponse } from 'node:http'
import { GatewayError } from '../canonical/errors.ts'
import type { GenerationBatch, GenerationEvent } from '../canonical/generation-event.ts'
import { stuckMs } from './send.ts'

export interface SseOptions {
  readonly headers: () => Readonly<Record<string, string>>
  /** Milliseconds until the first comment; further ones follow every ten seconds of silence. */
  readonly keepaliveMs: number
  /** The bytes that are written into a silent stream, in the form that the protocol has for that. */
  readonly keepAlive: string
  readonly encode: (batch: GenerationBatch) => string
  /** The stream failed before anything was written: the answer can still be an ordinary one. */
  readonly refuse: (failure: Extract<GenerationEvent, { type: 'error' }>) => void
}

const repeatMs = 10_000
const brokeOff = (): GenerationBatch => [
  { type: 'error', error: new GatewayError('server'), retry: { scope: 'never' } },
]

/**
 * Writes a generation as an event stream, one write a batch. The headers wait for the first batch, so that a failure before it
 * gets its real status; at the keep-alive deadline they go out and comments begin (contract §4.1). A slow reader pauses
 * everything up to the upstream's socket.
 */
export async function writeSse(
  stream: AsyncIterable<GenerationBatch>,
  outgoing: ServerResponse,
  options: SseOptions,
): Promise<void> {
  let silentSince = performance.now()
  const start = (): void => {
    if (!outgoing.headersSent) {
      outgoing.writeHead(200, {
        'content-type': 'text/event-stream',
        'cache-control': 'no-cache',
        ...options.headers(),
      })
    }
  }
  const keepAlive = (): void => {
    const silence = performance.now() - silentSince
    const due = outgoing.headersSent ? repeatMs : options.keepaliveMs
    if (silence >= due && !outgoing.writableNeedDrain) {
      start()
      outgoing.write(options.keepAlive)
      silentSince = performance.now()
      timer = setTimeout(keepAlive, repeatMs)
    } else {
      // A timer may fire a fraction of a millisecond early; a reader that lags is looked at again in a second.
      timer = setTimeout(keepAlive, silence < due ? due - silence : 1_000)
    }
  }
  let timer = setTimeout(keepAlive, options.keepaliveMs)
  try {
    for await (const batch of stream) {
      const last = batch.at(-1)
      if (last?.type === 'error' && !outgoing.headersSent && batch[0] === last) return options.refuse(last)
      start()
      const text = options.encode(batch)
      if (text !== '' && !outgoing.write(text)) await drained(outgoing)
      silentSince = performance.now()
      if (outgoing.destroyed) return
    }
    outgoing.end()
  } catch (error) {
    // A bug of ours, too late for a status of its own: the client learns in the stream that it broke (contract §4.4).
    if (outgoing.headersSent && !outgoing.destroyed) outgoing.end(options.encode(brokeOff()))
    throw error
  } finally {
    clearTimeout(timer)
  }
}

/** Resolves when the reader has caught up, or is gone. One that takes nothing at all for so long is made to go. */
function drained(outgoing: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const limit = setTimeout(() => outgoing.destroy(), stuckMs)
    const done = (): void => {
      clearTimeout(limit)
      outgoing.off('drain', done)
      outgoing.off('close', done)
      resolve()
    }
    outgoing.on('drain', done)
    outgoing.on('close', done)
    if (outgoing.destroyed) done()
  })
}
