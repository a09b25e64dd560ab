import { type AddressInfo } from 'node:net'
import { createServer } from 'node:http'
import { createAuthenticator } from './auth/authenticate.ts'
import type { Catalog } from './catalog/model.ts'
import type { Config } from './config/config.ts'
import { createGenerate } from './generate.ts'
import { createApp } from './http/app.ts'
import { type ClientPatience, clientPatience } from './http/client-patience.ts'
import { drainable } from './http/drain.ts'
import type { FinishedRequest } from './http/publish-finished.ts'
import { createSettle } from './ledger/settle.ts'
import { SpendingLimits } from './ledger/spending-limits.ts'
import { variableNames } from './offerings/offer-providers.ts'
import { createOfferings } from './offerings/offerings.ts'
import { chatCompletionsClient } from './protocols/chat-completions/client.ts'
import { chatCompletionsUpstream } from './protocols/chat-completions/upstream.ts'
import { completionsClient } from './protocols/completions/client.ts'
import { completionsUpstream } from './protocols/completions/upstream.ts'
import { providers } from './providers/_registry.ts'
import { route } from './router/route.ts'
import { openStorage } from './storage/open-storage.ts'
import type { GenerationRecord } from './storage/stores/generation-store.ts'
import type { KeyStore } from './storage/stores/key-store.ts'
import { createLogger } from './telemetry/logger.ts'
import { createCallEndpoint } from './upstream/call-endpoint.ts'
import { completionsThroughChat } from './upstream/completions-through-chat.ts'
import { createDispatcher } from './upstream/dispatcher.ts'
import { probeLocalServer } from './upstream/probe-local-server.ts'
import { makeApiKey } from './util/api-key.ts'
import { Channel } from './util/channel.ts'
import { systemClock } from './util/clock.ts'
import { compactMemory } from './util/compact-memory.ts'

/** The providers that need no configuration, and the environment variables that they read. */
export const builtInProviders = providers.map((provider) => ({
  slug: provider.slug,
  variables: [...provider.apiKeyVariables, ...variableNames(provider)],
}))

export interface Gateway {
  /** What is offered now. */
  catalog(): Catalog
  /** The key made because there was none, to be shown once; null when there are keys. */
  readonly firstKey: string | null
  /** @throws Error that says what to do when the port is taken. */
  listen(): Promise<{ readonly url: string }>
  /** Stops taking requests, lets running ones end for up to `drainMs`, writes what is pending. Idempotent. */
  close(): Promise<void>
}

/** How long running requests may take after the gateway was told to stop. */
const drainMs = 30_000

const clock = systemClock
const chatProtocols = new Map([[chatCompletionsUpstream.name, chatCompletionsUpstream]])

/**
 * The composition root: the only place that knows every room.
 * @param logOutput Takes the log's lines instead of standard output.
 * @param patience How slow a client may be.
 */
export async function createGateway(
  config: Config,
  logOutput?: { write(line: string): void },
  patience: ClientPatience = clientPatience,
): Promise<Gateway> {
  const settled = new Channel<GenerationRecord>()
  const finished = new Channel<FinishedRequest>()
  const failed = new Channel<unknown>()
  const logger = createLogger({ settled, finished, failed }, logOutput)
  const storage = await openStorage(config.storage.url, { onError: (error) => logger.error(error, 'storage') })
  const firstKey = await makeFirstKey(config, storage.keys)
  const dispatcher = createDispatcher(config.timeouts)
  const offerings = await createOfferings({
    config,
    builtIn: providers,
    probe: (baseUrl, timeoutMs) => probeLocalServer(dispatcher, baseUrl, timeoutMs),
  })
  const authenticator = await createAuthenticator({ bootstrapKeys: config.keys, keys: storage.keys, clock })

  const generate = createGenerate({
    clock,
    chance: Math.random,
    totalMs: config.timeouts.totalMs,
    route: (request) =>
      route(request, {
        catalog: offerings.catalog(),
        credentials: (provider) => offerings.provider(provider)?.apiKeys.length ?? 0,
        defaultModel: config.defaultModel,
      }),
    callEndpoint: completionsThroughChat(
      createCallEndpoint({
        dispatcher,
        providers: offerings.provider,
        chatProtocols,
        completionsProtocol: completionsUpstream,
        prepareMedia: (request) => request,
        watch: { begin: () => ({ answered() {}, ended() {}, abandoned() {} }) },
        timeouts: config.timeouts,
        limits: { frameBytes: config.limits.frameBytes, replyBytes: config.limits.bodyBytes },
        clock,
      }),
    ),
    settle: createSettle({ generations: storage.generations, settled, clock }),
  })

  let draining = false
  const app = createApp({
    generate,
    clock,
    limits: config.limits,
    spending: new SpendingLimits(storage.generations, settled),
    keepaliveMs: config.keepaliveMs,
    chatCompletions: chatCompletionsClient,
    completions: completionsClient,
    authenticator,
    catalog: offerings.catalog,
    providers: offerings.providers,
    generations: storage.generations,
    isReady: () => !draining,
    finished,
    failed,
  })
  const server = createServer(
    {
      headersTimeout: patience.headersMs,
      requestTimeout: patience.requestMs,
      connectionsCheckingInterval: patience.checkMs,
    },
    app.handle,
  )
  const drain = drainable(server)

  const close = async (): Promise<void> => {
    draining = true
    await drain(drainMs)
    authenticator.close()
    await offerings.close()
    await dispatcher.destroy()
    await storage.close()
    logger.close()
  }
  let closing: Promise<void> | null = null
  return {
    catalog: offerings.catalog,
    firstKey,
    listen: () =>
      new Promise((resolve, reject) => {
        const { host, port } = config.server
        server.once('error', (error) => reject(explainListen(error, host, port)))
        compactMemory()
        server.listen(port, host, () => {
          offerings.watch()
          resolve({ url: urlOf(server.address(), host) })
        })
      }),
    close: () => (closing ??= close()),
  }
}

/** The stored keys alone, for commands that run beside a server. */
export async function openKeyStore(config: Config): Promise<{ readonly keys: KeyStore; close(): Promise<void> }> {
  const { keys, close } = await openStorage(config.storage.url)
  return { keys, close }
}

/** Without any key nobody could use the gateway. */
async function makeFirstKey(config: Config, keys: KeyStore): Promise<string | null> {
  if (config.keys.length > 0 || (await keys.list()).length > 0) return null
  const { key, hash, label } = makeApiKey()
  await keys.insert({
    hash,
    label,
    name: 'first',
    account: 'default',
    limit: null,
    management: false,
    disabled: false,
    expiresAt: null,
    createdAt: clock.now(),
    updatedAt: null,
  })
  return key
}

function urlOf(address: string | AddressInfo | null, host: string): string {
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}

function explainListen(error: Error, host: string, port: number): Error {
  const code = 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE') {
    return new Error(
      `Port ${port} on ${host} is taken. Stop what uses it, or choose another: --port 8403 or WAYGATE_PORT=8403.`,
    )
  }
  if (code === 'EACCES')
    return new Error(`Port ${port} on ${host} may not be used without more rights. Choose one above 1023.`)
  return new Error(`Cannot listen on ${host}:${port}: ${error.message}`)
}
