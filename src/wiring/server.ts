import type { AddressInfo } from 'node:net'
import type { Config } from '../config/config.ts'
import type { App } from '../http/app.ts'
import type { ClientTimeouts } from '../http/client-timeouts.ts'
import { drainable } from '../http/drain.ts'
import type { Readiness } from '../http/hooks/refuse-while-not-ready.ts'
import { oneAtATime } from '../http/one-at-a-time.ts'
import { RunningHandlers } from '../http/running-handlers.ts'
import { explainListen } from '../util/explain-listen.ts'
import { createServer } from '../util/node-http.ts'

/** How long running requests may still take after the gateway begins to stop. */
export const drainMs = 30_000
/** How long requests whose connections were closed may take until they are on record. */
const recordMs = 2_000

/** The server that clients call. */
export interface HttpServer {
  /**
   * Begins to take requests, and returns the address.
   * @throws Error that explains what to do when the port is taken.
   */
  listen(): Promise<string>
  /** Stops taking requests, and lets running ones end, unless `hurry` aborts. Resolves when nothing more is recorded. */
  drain(hurry?: AbortSignal): Promise<void>
  readiness(): Readiness
  /** Returns how many requests are being answered. */
  running(): number
}

/** Makes the server that clients call. A request is handled by what is in use when it begins, also where that is replaced later. */
export function wireServer(dependencies: {
  readonly config: Config
  readonly clientTimeouts: ClientTimeouts
  readonly isBacklogged: () => boolean
  /** Returns what is in use. */
  readonly serving: () => { readonly config: Config; readonly handle: App['handle'] }
}): HttpServer {
  const { config, clientTimeouts, isBacklogged, serving } = dependencies
  const { host, port } = config.server
  let draining = false
  const handlers = new RunningHandlers()
  const server = createServer(
    {
      headersTimeout: clientTimeouts.headersMs,
      // The route itself refuses a late body, in the error format of its protocol, before Node ends the connection.
      requestTimeout: clientTimeouts.headersMs + clientTimeouts.requestMs,
      connectionsCheckingInterval: clientTimeouts.checkMs,
    },
    oneAtATime(handlers.counted((incoming, outgoing) => serving().handle(incoming, outgoing))),
  )
  // Node reads it for each reply.
  Object.defineProperty(server, 'keepAliveTimeout', { get: () => serving().config.server.keepAliveMs })
  const drain = drainable(server)
  return {
    async listen() {
      await new Promise<void>((resolve, reject) => {
        server.once('error', (error) => reject(explainListen(error, host, port)))
        server.listen(port, host, resolve)
      })
      return urlOf(server.address(), host)
    },
    async drain(hurry) {
      draining = true
      await drain(drainMs, hurry)
      await handlers.end(recordMs)
    },
    running: () => handlers.running,
    readiness: () => (draining ? 'draining' : isBacklogged() ? 'backlogged' : 'ready'),
  }
}

function urlOf(address: string | AddressInfo | null, host: string): string {
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}
