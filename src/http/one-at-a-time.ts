import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

interface Queue {
  last: ServerResponse
  waiting: number
}

/** Requests that one connection may have waiting. Who sends so many without an answer is broken, and their number is memory. */
const mostWaiting = 100

/**
 * Begins with a request only once the reply to the one before it on the same connection is out (HTTP/1.1 pipelining; replies go out in
 * this order anyway). Node hands over all requests that one read brought without a pause between them, and a thousand fit into
 * one: nobody else would be served until each of them is.
 */
export function oneAtATime(handle: (incoming: IncomingMessage, outgoing: ServerResponse) => void): RequestListener {
  const queues = new WeakMap<Socket, Queue>()
  return (incoming, outgoing) => {
    const { socket } = incoming
    const queue = queues.get(socket)
    if (queue === undefined || queue.last.closed) {
      queues.set(socket, { last: outgoing, waiting: 0 })
      return handle(incoming, outgoing)
    }
    const before = queue.last
    queue.last = outgoing
    queue.waiting += 1
    if (queue.waiting > mostWaiting) socket.destroy()
    before.once('close', () => {
      queue.waiting -= 1
      if (!socket.destroyed) handle(incoming, outgoing)
    })
  }
}
