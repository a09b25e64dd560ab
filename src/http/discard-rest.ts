import type { IncomingMessage } from 'node:http'

const discardMs = 500

/**
 * Discards what a client still sends after its reply, for a limited time, and then closes the connection. The operating system resets a
 * socket that is closed with unread bytes, and the client could lose the reply.
 */
export function discardRest(incoming: IncomingMessage): void {
  incoming.resume()
  const timer = setTimeout(() => {
    if (!incoming.complete) incoming.socket.destroy()
  }, discardMs)
  timer.unref()
}
