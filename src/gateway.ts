import { type AddressInfo } from 'node:net'
import { createServer } from 'node:http'
import { createAuthenticator } from './auth/authenticate.ts'
import type { Happenings } from './canonical/happening.ts'
import type { Usage } from './canonical/usage.ts'
import type { Endpoint } from './catalog/endpoint.ts'
import type { Catalog } from './catalog/model.ts'
import type { Config } from './config/config.ts'
import { createGenerate } from './generate.ts'
import { createApp } from './http/app.ts'
import { type ClientPatience, clientPatience } from './http/client-patience.ts'
import { drainable } from './http/drain.ts'
import { createReserve } from './ledger/reserve.ts'
import { createSettle } from './ledger/settle.ts'
import { priceUsage } from './ledger/price-usage.ts'
import { ModelUsage } from './ledger/model-usage.ts'
import { SpendingLimits } from './ledger/spending-limits.ts'
import { variableNames } from './offerings/offer-providers.ts'
import { createOfferings, type ProviderStatus } from './offerings/offerings.ts'
import { chatCompletionsClient } from './protocols/chat-completions/client.ts'
import { chatCompletionsUpstream } from './protocols/chat-completions/upstream.ts'
import { cohereChatUpstream } from './protocols/cohere-chat/upstream.ts'
import { completionsClient } from './protocols/completions/client.ts'
import { completionsUpstream } from './protocols/completions/upstream.ts'
import { converseUpstream } from './protocols/converse/upstream.ts'
import { generateContentUpstream } from './protocols/generate-content/upstream.ts'
import { messagesUpstream } from './protocols/messages/upstream.ts'
import type { ChatProtocols } from './protocols/protocol.ts'
import { responsesUpstream } from './protocols/responses/upstream.ts'
import { providers } from './providers/_registry.ts'
import { createEndpointHealth } from './health/create-endpoint-health.ts'
import { Hedges, type HedgeSettings } from './attempts/hedge.ts'
import { checkAnswers } from './attempts/interceptors/check-answers.ts'
import { createEndUserId } from './secrets/end-user-id.ts'
import { openInstallationKey, passingKey } from './secrets/installation-key.ts'
import { createRouter } from './router/create-router.ts'
import type { RouteExplanation } from './router/explain.ts'
import { watchToolCalls } from './attempts/interceptors/watch-tool-calls.ts'
import { openStorage } from './storage/open-storage.ts'
import type { KeyStore } from './storage/stores/key-store.ts'
import { createLogger } from './telemetry/logger.ts'
import { readAllowList } from './upstream/allow-list.ts'
import { createCallEndpoint } from './upstream/call-endpoint.ts'
import { completionsThroughChat } from './attempts/interceptors/completions-through-chat.ts'
import { learnStreamOptions } from './upstream/learn-stream-options.ts'
import { createDispatcher } from './upstream/dispatcher.ts'
import { createGuardedDialer } from './upstream/guarded-dialer.ts'
import { createGuardedFetch } from './upstream/guarded-fetch.ts'
import { createPrepareMedia } from './upstream/prepare-media.ts'
import { probeLocalServer } from './upstream/probe-local-server.ts'
import { createTurn } from './turn.ts'
import { makeApiKey } from './util/api-key.ts'
import { Channel } from './util/channel.ts'
import { ClosingStack } from './util/closing-stack.ts'
import { systemClock } from './util/clock.ts'
import { compactMemory } from './util/compact-memory.ts'
import { seededChance } from './util/seeded-chance.ts'

/** The providers that need no configuration, and the environment variables that they read. */
export const builtInProviders = providers.map((provider) => ({
  slug: provider.slug,
  variables: [...provider.apiKeyVariables, ...variableNames(provider)],
  local: provider.local === true,
}))

export interface Gateway {
  /** What is offered now. */
  catalog(): Catalog
  /** Which providers are on offer now and why, and what the others lack. */
  providers(): readonly ProviderStatus[]
  /**
   * Where a chat request would go, and why; calls nobody.
   * @throws GatewayError for a body that is none.
   */
  explain(body: object): RouteExplanation
  /**
   * `firstKey` was made because there was none, and is to be shown once; null when there are keys.
   * @throws Error that says what to do when the port is taken.
   */
  listen(): Promise<{ readonly url: string; readonly firstKey: string | null }>
  /** Stops taking requests, lets running ones end for up to `drainMs`, writes what is pending. Idempotent. */
  close(): Promise<void>
}

/** How long running requests may take after the gateway was told to stop. */
const drainMs = 30_000

const clock = systemClock
const chatProtocols: ChatProtocols = {
  'chat-completions': chatCompletionsUpstream,
  responses: responsesUpstream,
  messages: messagesUpstream,
  'cohere-chat': cohereChatUpstream,
  'generate-content': generateContentUpstream,
  converse: converseUpstream,
}

/** What tests decide otherwise. */
export interface GatewayOptions {
  /** Takes the log's lines instead of standard output. */
  readonly logOutput?: { write(line: string): void }
  /** How slow a client may be. */
  readonly patience?: ClientPatience
  /** Uniform in [0, 1). Default: by the configured seed, if any. */
  readonly chance?: () => number
}

/**
 * The composition root: the only place that knows every room.
 * @throws Error for a gateway that cannot run as configured; nothing of it stays open.
 */
export async function createGateway(config: Config, options: GatewayOptions = {}): Promise<Gateway> {
  const opened = new ClosingStack()
  try {
    return await assemble(config, options, opened)
  } catch (error) {
    await opened.close().catch(() => {})
    throw error
  }
}

/** What has to be closed again goes on the stack as soon as it is open. */
async function assemble(config: Config, options: GatewayOptions, opened: ClosingStack): Promise<Gateway> {
  const { logOutput, patience = clientPatience, chance = chanceOf(config.routing.seed) } = options
  const happenings: Happenings = new Channel()
  const logger = createLogger(happenings, config.log, logOutput)
  opened.add(() => logger.close())
  const storage = await openStorage(config.storage.url, { onError: (error) => logger.error(error, 'storage') })
  opened.add(() => storage.close())
  const { keyFile } = config.secrets
  const installationKey = keyFile === null ? passingKey() : openInstallationKey(keyFile)
  const dispatcher = createDispatcher(config.timeouts)
  opened.add(() => dispatcher.destroy())
  const offerings = await createOfferings({
    config,
    builtIn: providers,
    probe: (provider, timeoutMs) => probeLocalServer({ dispatcher, clock }, provider, timeoutMs),
  })
  opened.add(() => offerings.close())
  const authenticator = await createAuthenticator({ bootstrapKeys: config.keys, keys: storage.keys, clock })
  opened.add(() => authenticator.close())
  const health = createEndpointHealth({
    clock,
    onRefusal: ({ endpoint: { provider, id }, credential }) =>
      happenings.publish({ type: 'refused', provider, endpoint: id, credential: credential.index + 1 }),
    outageWindowMs: config.routing.outageWindowMs,
    probeIntervalMs: config.routing.probeIntervalMs,
  })

  const router = createRouter({
    clock,
    chance,
    health,
    price,
    catalog: offerings.catalog,
    credentials: (provider) => offerings.provider(provider)?.apiKeys.length ?? 0,
    defaultModel: config.defaultModel,
    adviceFor: offerings.adviceFor,
    routerModels: config.routing,
    mostCalls: config.limits.callsPerRequest,
    stickyTtlMs: config.routing.stickyTtlMs,
  })
  const streamOptions = learnStreamOptions(offerings.provider)
  const allowed = readAllowList(config.fetch.allow)
  const callEndpoint = createCallEndpoint({
    dispatcher,
    providers: streamOptions.provider,
    chatProtocols,
    completionsProtocol: completionsUpstream,
    prepareMedia: createPrepareMedia({
      fetch: createGuardedFetch(createGuardedDialer({ allowed, connectMs: config.timeouts.connectMs })),
      allowed,
      maxBytes: config.limits.bodyBytes,
      clock,
    }),
    watch: health,
    timeouts: config.timeouts,
    limits: { frameBytes: config.limits.frameBytes, replyBytes: config.limits.bodyBytes },
    clock,
  })
  const turn = createTurn({
    clock,
    chance,
    firstTokenMs: config.timeouts.firstTokenMs,
    mostCalls: config.limits.callsPerRequest,
    health,
    hedges: new Hedges(hedgeSettings(config)),
    happenings,
    price,
    streamRescue: config.streamRescue === 'continue',
    route: router.route,
    learn: router.learn,
    calibration: router.calibration,
    reserve: createReserve(new SpendingLimits(storage.generations, happenings)),
    callEndpoint: completionsThroughChat(
      checkAnswers(watchToolCalls(streamOptions.watch(callEndpoint), health), health),
    ),
  })
  const generate = createGenerate({
    resolve: router.resolve,
    turn,
    endUserId: createEndUserId(installationKey),
    settle: createSettle({ generations: storage.generations, happenings, clock }),
  })

  let draining = false
  const app = createApp({
    generate,
    clock,
    limits: config.limits,
    totalMs: config.timeouts.totalMs,
    keepaliveMs: config.keepaliveMs,
    chatCompletions: chatCompletionsClient,
    completions: completionsClient,
    authenticator,
    catalog: offerings.catalog,
    providers: offerings.providers,
    generations: storage.generations,
    models: {
      health,
      usage: new ModelUsage(storage.generations, happenings, clock),
      datacenters: (provider) => offerings.provider(provider)?.datacenters ?? [],
      opinions: config.routing,
      now: clock.now,
    },
    explain: router.explain,
    readiness: () => (draining ? 'draining' : storage.generations.isFull() ? 'backlogged' : 'ready'),
    happenings,
  })
  const server = createServer(
    {
      keepAliveTimeout: config.server.keepAliveMs,
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
    await opened.close()
  }
  let closing: Promise<void> | null = null
  return {
    catalog: offerings.catalog,
    providers: offerings.statuses,
    explain: (body) => router.explain(chatCompletionsClient.decodeRequest(body, {}), 'default'),
    async listen() {
      const { host, port } = config.server
      compactMemory()
      await new Promise<void>((resolve, reject) => {
        server.once('error', (error) => reject(explainListen(error, host, port)))
        server.listen(port, host, resolve)
      })
      offerings.watch((server) => happenings.publish({ type: 'server', ...server }))
      // Not before: a key that was made by a start which failed would be lost.
      const firstKey = await makeFirstKey(config, storage.keys)
      return { url: urlOf(server.address(), host), firstKey }
    },
    close: () => (closing ??= close()),
  }
}

/** The stored keys alone, for commands that run beside a server. */
export async function openKeyStore(config: Config): Promise<{ readonly keys: KeyStore; close(): Promise<void> }> {
  const { keys, close } = await openStorage(config.storage.url)
  return { keys, close }
}

const chanceOf = (seed: number | null): (() => number) => (seed === null ? Math.random : seededChance(seed))

/** What a call costs, apart from whether its generation is charged for. */
const price = (usage: Usage, { pricing }: Endpoint, at: number): number => priceUsage(usage, pricing, 'stop', at).total

const hedgeSettings = ({ providers }: Config): ReadonlyMap<string, HedgeSettings> =>
  new Map(providers.flatMap(({ slug, hedge }) => (hedge === undefined ? [] : [[slug, hedge]])))

/** Without any key nobody could use the gateway. */
async function makeFirstKey(config: Config, keys: KeyStore): Promise<string | null> {
  if (config.keys.length > 0 || (await keys.list()).length > 0) return null
  const { key, hash, label } = makeApiKey()
  const first = {
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
  }
  try {
    await keys.insert(first)
    return key
  } catch (error) {
    // Another gateway on the same database was quicker.
    if ((await keys.list()).length > 0) return null
    throw error
  }
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
