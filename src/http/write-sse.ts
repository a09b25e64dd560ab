import type { ServerResponse } from 'node:http'
import { GatewayError } from '../canonical/errors.ts'
import type { GenerationBatch, GenerationEvent } from '../canonical/generation-event.ts'
import { ChunkedReply } from './chunked-reply.ts'
import { drained } from './drained.ts'

export interface SseOptions {
  readonly headers: () => Readonly<Record<string, string>>
  /** The time in milliseconds until the first comment. Further comments follow after every ten seconds without data. */
  readonly keepaliveMs: number
  /** The bytes that are written into a stream without data, in the form that the protocol defines. */
  readonly keepAlive: string
  readonly encode: (batch: GenerationBatch) => string
  /** Replies with an ordinary error, because the stream failed before anything was written. */
  readonly refuse: (failure: Extract<GenerationEvent, { type: 'error' }>) => void
}

const repeatMs = 10_000
const brokeOff = (): GenerationBatch => [
  { type: 'error', error: new GatewayError('server'), retry: { scope: 'never' } },
]

/**
 * Writes a generation as an event stream, with one write per batch. The headers wait for the first batch, so that a failure before it gets
 * its real status. At the keep-alive deadline they are sent, and comments begin (contract §4.1). A slow client pauses everything up to the
 * upstream's socket.
 */
export async function writeSse(
  stream: AsyncIterable<GenerationBatch>,
  outgoing: ServerResponse,
  options: SseOptions,
): Promise<void> {
  let silentSince = performance.now()
  let reply: ChunkedReply | undefined
  const begun = (): ChunkedReply => {
    if (reply === undefined) {
      outgoing.writeHead(200, {
        'content-type': 'text/event-stream',
        'cache-control': 'no-cache',
        ...options.headers(),
      })
      reply = new ChunkedReply(outgoing)
    }
    return reply
  }
  const keepAlive = (): void => {
    const silence = performance.now() - silentSince
    const due = outgoing.headersSent ? repeatMs : options.keepaliveMs
    if (silence >= due && !outgoing.writableNeedDrain) {
      begun().write(options.keepAlive)
      silentSince = performance.now()
      timer = setTimeout(keepAlive, repeatMs)
    } else {
      // A timer may fire a fraction of a millisecond early. A client that reads slowly is checked again in a second.
      timer = setTimeout(keepAlive, silence < due ? due - silence : 1_000)
    }
  }
  let timer = setTimeout(keepAlive, options.keepaliveMs)
  try {
    for await (const batch of stream) {
      const last = batch.at(-1)
      if (last?.type === 'error' && !outgoing.headersSent && batch[0] === last) return options.refuse(last)
      const body = begun()
      const text = options.encode(batch)
      if (text !== '' && !body.write(text)) await drained(outgoing)
      silentSince = performance.now()
      if (outgoing.destroyed) return
    }
    begun().end()
  } catch (error) {
    // A fault of the gateway's own code, too late for a status. The client gets the error inside the stream (contract §4.4).
    if (reply !== undefined && !outgoing.destroyed) {
      reply.write(options.encode(brokeOff()))
      reply.end()
    }
    throw error
  } finally {
    clearTimeout(timer)
  }
}
