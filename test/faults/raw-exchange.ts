import { connect } from 'node:net'

export interface RawReply {
  /** 0 when the connection closed without an answer. */
  readonly status: number
  readonly text: string
  /** The number of bytes that could be sent before the connection closed. */
  readonly sent: number
}

/**
 * Writes bytes to a connection unchanged until there is an answer, and reads until the connection closes. The peer's speed controls the
 * writing.
 */
export function rawExchange(
  url: string,
  bytes: Iterable<string | Buffer> | AsyncIterable<string | Buffer>,
): Promise<RawReply> {
  const { hostname, port } = new URL(url)
  return new Promise((done) => {
    let text = ''
    let sent = 0
    const socket = connect(Number(port), hostname)
    const end = (): void => {
      socket.destroy()
      done({ status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0), text, sent })
    }
    // A peer that answers and closes with unread bytes resets the connection. Its answer may have arrived all the same.
    socket.on('error', () => {}).on('close', end)
    socket.setEncoding('latin1').on('data', (chunk) => (text += chunk))
    let go = (): void => {}
    socket.on('drain', () => go()).on('close', () => go())
    socket.on('connect', async () => {
      for await (const piece of bytes) {
        if (socket.destroyed || text !== '') break
        sent += piece.length
        if (!socket.write(piece)) await new Promise<void>((resolve) => (go = resolve))
      }
      // The answer came before the whole request was sent, so the client disconnects.
      if (text !== '') socket.end()
    })
  })
}
