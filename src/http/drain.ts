import type { Server } from 'node:http'

/**
 * Counts a server's running requests. The function it returns waits until there are none, at most `limitMs`; then it stops
 * listening and breaks what is left. Until then the server listens: a load balancer can read
 * that it is not ready any more, and a client gets an error that names the reason, where a closed port would show neither.
 */
export function drainable(server: Server): (limitMs: number) => Promise<void> {
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
    // A reply that still waits for those before it does not close with the connection.
    socket.on('close', ended)
  })
  return async (limitMs) => {
    if (!server.listening) return
    const limit = Promise.withResolvers<void>()
    const timer = setTimeout(limit.resolve, limitMs)
    dry = limit.resolve
    if (running > 0) await limit.promise
    clearTimeout(timer)
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    server.closeAllConnections()
    await closed
  }
}
