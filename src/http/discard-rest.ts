import type { IncomingMessage } from 'node:http'

const discardMs = 500

/**
 * What a client still sends after its reply is thrown away for a while: a socket that is closed over unread bytes is reset, and
 * the client would not hear why. Then the connection is broken.
 */
export function discardRest(incoming: IncomingMessage): void {
  incoming.resume()
  const timer = setTimeout(() => {
    if (!incoming.complete) incoming.socket.destroy()
  }, discardMs)
  timer.unref()
}
