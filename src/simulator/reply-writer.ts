import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { JournalDraft } from './journal.ts'

/** A peer on the same machine needs this time to read the data before a reset, which would otherwise arrive first. */
const resetDelayMs = 5

/** Writes one reply to the socket, waits, and reports when the client has disconnected. */
export interface ReplyWriter {
  readonly closed: () => boolean
  /** Writes a reply that is complete. */
  whole(status: number, headers: OutgoingHttpHeaders, body: string): void
  /** Writes the headers of a reply that follows in pieces. `length` is the declared content length; null means chunked. */
  begin(status: number, headers: OutgoingHttpHeaders, length: number | null): void
  /** Writes one chunk in one socket write. Where it returns false, wait for `drained` before the next. */
  write(text: string, encoding?: 'utf8' | 'latin1'): boolean
  drained(): Promise<void>
  /** Resolves after the time, or as soon as the client disconnects. */
  pause(milliseconds: number): Promise<void>
  end(): void
  /** Resets the connection (RST), at once or after the pending writes have been sent. */
  reset(): void
  resetAfterWrites(): Promise<void>
  untilClosed(): Promise<void>
}

/** The state of a reply's connection, and a way to wait that ends when the connection closes. */
interface Connection {
  readonly closed: () => boolean
  noteClosed(by: 'client' | 'server'): void
  /** Waits until the event that `arm` registers, or until the client disconnects; then removes the registration. */
  wait(arm: (resolve: () => void) => () => void): Promise<void>
}

function watchConnection(response: ServerResponse, entry: JournalDraft, isStopping: () => boolean): Connection {
  let isClosed = false
  let wake: (() => void) | null = null

  function noteClosed(by: 'client' | 'server'): void {
    isClosed = true
    entry.closedAt ??= new Date().toISOString()
    entry.closedBy ??= by
  }

  response.on('finish', () => {
    entry.finishedAt = new Date().toISOString()
  })
  response.on('close', () => {
    noteClosed(response.writableFinished || isStopping() ? 'server' : 'client')
    wake?.()
  })
  return {
    closed: () => isClosed,
    noteClosed,
    async wait(arm) {
      if (isClosed) return
      const { promise, resolve } = Promise.withResolvers<void>()
      wake = resolve
      const disarm = arm(resolve)
      await promise
      wake = null
      disarm()
    },
  }
}

/** Creates the writer of one reply. `isStopping` distinguishes a client that disconnected from a simulator that is being closed. */
export function createReplyWriter(
  response: ServerResponse,
  entry: JournalDraft,
  isStopping: () => boolean,
): ReplyWriter {
  const { closed, noteClosed, wait } = watchConnection(response, entry, isStopping)
  let isChunked = false

  const pause = (milliseconds: number): Promise<void> =>
    wait((resolve) => {
      const timer = setTimeout(resolve, milliseconds)
      return () => clearTimeout(timer)
    })

  function reset(): void {
    noteClosed('server')
    response.req.socket.resetAndDestroy()
  }

  return {
    closed,
    whole(status, headers, body) {
      entry.status = status
      const length = Buffer.byteLength(body)
      entry.bytesSent = length
      response.writeHead(status, { ...headers, 'content-length': length })
      response.end(body)
    },
    begin(status, headers, length) {
      entry.status = status
      isChunked = length === null
      response.writeHead(status, length === null ? headers : { ...headers, 'content-length': length })
      response.flushHeaders()
    },
    // Node would combine the writes of one turn of the event loop into one packet. A real upstream sends its chunks one by one, so they are
    // written directly to the socket, each with its chunk length.
    write(text, encoding = 'utf8') {
      if (closed()) return true
      const length = Buffer.byteLength(text, encoding)
      entry.bytesSent += length
      // A pipelined request has no socket until the requests before it are answered. Node buffers the writes until then.
      if (response.socket === null) return response.write(text, encoding)
      return response.socket.write(isChunked ? `${length.toString(16)}\r\n${text}\r\n` : text, encoding)
    },
    drained: () =>
      wait((resolve) => {
        const sink = response.socket ?? response
        sink.once('drain', resolve)
        return () => sink.off('drain', resolve)
      }),
    pause,
    end: () => response.end(),
    reset,
    async resetAfterWrites() {
      await pause(resetDelayMs)
      reset()
    },
    untilClosed: () => wait(() => () => {}),
  }
}
