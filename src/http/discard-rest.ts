import type { IncomingMessage } from 'node:http'

const discardMs = 500

/**
 * Throws away for a while what a client still sends after its reply: a socket that is closed over unread bytes is reset, and the
 * client could lose the reply. Then the connection is broken.
 */
export function discardRest(incoming: IncomingMessage): void {
  incoming.resume()
  const timer = setTimeout(() => {
    if (!incoming.complete) incoming.socket.destroy()
  }, discardMs)
  timer.unref()
}
