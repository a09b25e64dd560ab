import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Config } from '../config/config.ts'
import { type AppDependencies, createApp } from '../http/app.ts'
import type { ClientTimeouts } from '../http/client-timeouts.ts'
import { drainable } from '../http/drain.ts'
import { oneAtATime } from '../http/one-at-a-time.ts'
import { RunningHandlers } from '../http/running-handlers.ts'
import type { Journal } from '../ledger/journal/journal.ts'
import { chatCompletionsClient } from '../protocols/chat-completions/client.ts'
import { completionsClient } from '../protocols/completions/client.ts'
import { messagesClient } from '../protocols/messages/client.ts'
import { responsesClient } from '../protocols/responses/client.ts'
import { explainListen } from '../util/explain-listen.ts'

/** Decodes the body of a chat request whose route is to be explained. */
export const decodeChat = (body: object) => chatCompletionsClient.decodeRequest(body, {})

/** How long running requests may still take after the gateway begins to stop. */
export const drainMs = 30_000
/** How long requests whose connections were closed may take until they are on record. */
const recordMs = 2_000

interface HttpDependencies extends Omit<
  AppDependencies,
  'chatCompletions' | 'completions' | 'messages' | 'responses' | 'limits' | 'totalMs' | 'keepaliveMs' | 'readiness'
> {
  readonly config: Config
  readonly clientTimeouts: ClientTimeouts
  readonly generations: Pick<Journal, 'find' | 'spent' | 'spentByAccount' | 'byokSpent' | 'isFull'>
}

/** The server that clients call. */
export interface HttpServer {
  /**
   * Begins to take requests, and returns the address.
   * @throws Error that explains what to do when the port is taken.
   */
  listen(): Promise<string>
  /** Stops taking requests, and lets running ones end, unless `hurry` aborts. Resolves when nothing more is recorded. */
  drain(hurry?: AbortSignal): Promise<void>
}

/** Makes the server that clients call, with every client protocol. */
export function wireHttp({ config, clientTimeouts, ...parts }: HttpDependencies): HttpServer {
  const { host, port, keepAliveMs } = config.server
  let draining = false
  const app = createApp({
    ...parts,
    limits: { ...config.limits, bodyMs: clientTimeouts.requestMs },
    totalMs: config.timeouts.totalMs,
    keepaliveMs: config.keepaliveMs,
    chatCompletions: chatCompletionsClient,
    completions: completionsClient,
    messages: messagesClient,
    responses: responsesClient,
    readiness: () => (draining ? 'draining' : parts.generations.isFull ? 'backlogged' : 'ready'),
  })
  const handlers = new RunningHandlers()
  const server = createServer(
    {
      keepAliveTimeout: keepAliveMs,
      headersTimeout: clientTimeouts.headersMs,
      // The route itself refuses a late body, in the error format of its protocol, before Node ends the connection.
      requestTimeout: clientTimeouts.headersMs + clientTimeouts.requestMs,
      connectionsCheckingInterval: clientTimeouts.checkMs,
    },
    oneAtATime(handlers.counted(app.handle)),
  )
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
  }
}

function urlOf(address: string | AddressInfo | null, host: string): string {
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}
