import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { JournalDraft } from './journal.ts'

/** Long enough for a peer on the same machine to read what came before a reset, which would otherwise overtake it. */
const resetDelayMs = 5

/** The way out for one reply: writes to the socket, waits, and knows when the client has left. */
export interface Outlet {
  readonly closed: () => boolean
  /** A reply known in full. */
  whole(status: number, headers: OutgoingHttpHeaders, body: string): void
  /** The headers of a reply that is written in pieces. `length` is what it claims; null = chunked. */
  begin(status: number, headers: OutgoingHttpHeaders, length: number | null): void
  /** One chunk and one socket write. False: wait for `drained` before the next. */
  write(text: string, encoding?: 'utf8' | 'latin1'): boolean
  drained(): Promise<void>
  /** Resolves after the time or as soon as the client leaves. */
  pause(milliseconds: number): Promise<void>
  end(): void
  /** RST, now or after what was written has gone out. */
  reset(): void
  resetAfterWrites(): Promise<void>
  untilClosed(): Promise<void>
}

/** Whether a reply's connection is closed, and what to wait for until it is. */
interface Connection {
  readonly closed: () => boolean
  noteClosed(by: 'client' | 'server'): void
  /** Waits for what `arm` arranges, or for the client to leave; then undoes the arrangement. */
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

/** `isStopping` tells a client that left from a simulator that is being closed. */
export function createOutlet(response: ServerResponse, entry: JournalDraft, isStopping: () => boolean): Outlet {
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
    // Node would gather the writes of one turn into one packet; a real upstream sends its chunks one by one,
    // so they go to the socket directly, with the chunk's length around them.
    write(text, encoding = 'utf8') {
      if (closed()) return true
      const length = Buffer.byteLength(text, encoding)
      entry.bytesSent += length
      // A pipelined request has no socket until those before it are answered: Node keeps what is written till then.
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
