import type { Server } from 'node:http'
import type { ServerType } from '@hono/node-server'

/** Stops listening and waits until the running replies are out, at most `limitMs`; then breaks what is left. */
export async function drain(server: ServerType, limitMs: number): Promise<void> {
  if (!server.listening) return
  const ended = new Promise<void>((resolve) => server.close(() => resolve()))
  if (!isPlain(server)) return ended
  // A connection that has just ended its reply is idle now, but was not when the server began to close.
  const sweep = setInterval(() => server.closeIdleConnections(), 100)
  const limit = setTimeout(() => server.closeAllConnections(), limitMs)
  await ended
  clearInterval(sweep)
  clearTimeout(limit)
}

const isPlain = (server: ServerType): server is Server => 'closeIdleConnections' in server
