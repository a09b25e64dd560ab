import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

interface Queue {
  last: ServerResponse
  waiting: number
}

/** The number of requests that may wait on one connection. A client with more of them is faulty, and each takes memory. */
const mostWaiting = 100

/**
 * Creates a handler that begins a request only after the reply to the previous one on the same connection has been sent (HTTP/1.1
 * pipelining; replies are sent in this order anyway). Node passes on all requests of one read without a pause, and one read can contain a
 * thousand. Without this handler no other client would be served in the meantime.
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
