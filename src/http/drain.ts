import type { Server } from 'node:http'

/**
 * Counts a server's running requests, and returns a function that waits until there are none, for at most `limitMs` and
 * until `hurry` aborts. Then it stops listening and closes the remaining connections. Until then the server listens: a load balancer can read that it is no longer ready, and a
 * client gets an error with the reason. A closed port would show neither.
 */
export function drainable(server: Server): (limitMs: number, hurry?: AbortSignal) => Promise<void> {
  let running = 0
  let dry = (): void => {}
  server.on('request', ({ socket }, response) => {
    running++
    const ended = (): void => {
      response.off('close', ended)
      socket.off('close', ended)
      if (--running === 0) dry()
    }
    response.on('close', ended)
    // A reply that waits for earlier replies emits no `close` when the connection closes.
    socket.on('close', ended)
  })
  return async (limitMs, hurry) => {
    if (!server.listening) return
    const limit = Promise.withResolvers<void>()
    const timer = setTimeout(limit.resolve, limitMs)
    dry = limit.resolve
    hurry?.addEventListener('abort', () => limit.resolve())
    if (running > 0 && hurry?.aborted !== true) await limit.promise
    clearTimeout(timer)
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    server.closeAllConnections()
    await closed
  }
}
