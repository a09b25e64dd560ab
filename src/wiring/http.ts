import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Config } from '../config/config.ts'
import { type AppDependencies, createApp } from '../http/app.ts'
import type { ClientPatience } from '../http/client-patience.ts'
import { drainable } from '../http/drain.ts'
import { oneAtATime } from '../http/one-at-a-time.ts'
import { chatCompletionsClient } from '../protocols/chat-completions/client.ts'
import { completionsClient } from '../protocols/completions/client.ts'
import { explainListen } from '../util/explain-listen.ts'

/** Reads the body of a chat request, for those who ask where it would go. */
export const decodeChat = (body: object) => chatCompletionsClient.decodeRequest(body, {})

/** How long running requests may take after the gateway was told to stop. */
export const drainMs = 30_000

interface HttpParts extends Omit<
  AppDependencies,
  'chatCompletions' | 'completions' | 'limits' | 'totalMs' | 'keepaliveMs' | 'readiness'
> {
  readonly config: Config
  readonly patience: ClientPatience
}

export interface HttpServer {
  /** @throws Error that says what to do when the port is taken. */
  listen(): Promise<string>
  /** Takes no more requests, and lets running ones end. */
  drain(): Promise<void>
}

/** Makes the server that clients speak to, in every language that a client speaks. */
export function wireHttp({ config, patience, ...parts }: HttpParts): HttpServer {
  const { host, port, keepAliveMs } = config.server
  let draining = false
  const app = createApp({
    ...parts,
    limits: { ...config.limits, bodyMs: patience.requestMs },
    totalMs: config.timeouts.totalMs,
    keepaliveMs: config.keepaliveMs,
    chatCompletions: chatCompletionsClient,
    completions: completionsClient,
    readiness: () => (draining ? 'draining' : parts.generations.isFull() ? 'backlogged' : 'ready'),
  })
  const server = createServer(
    {
      keepAliveTimeout: keepAliveMs,
      headersTimeout: patience.headersMs,
      // A body that is late is refused by its route, in the words of that route, before Node ends the connection.
      requestTimeout: patience.headersMs + patience.requestMs,
      connectionsCheckingInterval: patience.checkMs,
    },
    oneAtATime(app.handle),
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
    drain() {
      draining = true
      return drain(drainMs)
    },
  }
}

function urlOf(address: string | AddressInfo | null, host: string): string {
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}
