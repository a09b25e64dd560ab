import type { Happenings } from './canonical/happening.ts'
import type { Catalog } from './catalog/model.ts'
import type { Config } from './config/config.ts'
import { createGenerate } from './generate.ts'
import { encodeRouteExplanation } from './http/encode-route-explanation.ts'
import { type ClientPatience, clientPatience } from './http/client-patience.ts'
import type { ProviderStatus } from './offerings/offerings.ts'
import { createLogger } from './telemetry/logger.ts'
import { createTurn } from './turn.ts'
import { createDispatcher } from './upstream/dispatcher.ts'
import { Channel } from './util/channel.ts'
import { systemClock as clock } from './util/clock.ts'
import { ClosingStack } from './util/closing-stack.ts'
import { compactMemory } from './util/compact-memory.ts'
import { seededChance } from './util/seeded-chance.ts'
import { wireCalls, wireHedges } from './wiring/calls.ts'
import { decodeChat, wireHttp } from './wiring/http.ts'
import { price, wireRouting } from './wiring/routing.ts'
import { wireStorage } from './wiring/storage.ts'

export { drainMs } from './wiring/http.ts'
export { builtInProviders } from './wiring/routing.ts'
export { openKeyStore } from './wiring/storage.ts'

export interface Gateway {
  /** What is offered now. */
  catalog(): Catalog
  /** Which providers are on offer now and why, and what the others lack. */
  providers(): readonly ProviderStatus[]
  /**
   * Where a chat request would go, and why; calls nobody.
   * @throws GatewayError for a body that is none.
   */
  explain(body: object): ReturnType<typeof encodeRouteExplanation>
  /**
   * `firstKey` was made because there was none, and is to be shown once; null when there are keys.
   * @throws Error that says what to do when the port is taken.
   */
  listen(): Promise<{ readonly url: string; readonly firstKey: string | null }>
  /** Stops taking requests, lets running ones end for up to 30 s, writes what is pending. Idempotent. */
  close(): Promise<void>
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
 * The composition root: with the files in `wiring/`, to which it delegates by subject, the only place that knows every room.
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
  const onError = (error: Error): void => logger.error(error, 'storage')
  const { generations, usage, ...storage } = await wireStorage({ config, clock, happenings, opened, onError })
  const dispatcher = createDispatcher(config.timeouts)
  opened.add(() => dispatcher.destroy())
  const { offerings, health, router } = await wireRouting({ config, clock, chance, dispatcher, happenings, opened })

  const turn = createTurn({
    clock,
    chance,
    firstTokenMs: config.timeouts.firstTokenMs,
    mostCalls: config.limits.callsPerRequest,
    health,
    hedges: wireHedges(config),
    happenings,
    price,
    streamRescue: config.streamRescue === 'continue',
    route: router.route,
    learn: router.learn,
    calibration: router.calibration,
    reserve: storage.reserve,
    callEndpoint: wireCalls({ config, clock, dispatcher, providers: offerings.provider, health }),
  })
  const server = wireHttp({
    config,
    patience,
    clock,
    generate: createGenerate({ resolve: router.resolve, turn, settle: storage.settle }),
    authenticator: storage.authenticator,
    catalog: offerings.catalog,
    providers: offerings.providers,
    generations,
    models: {
      health,
      usage,
      datacenters: (provider) => offerings.provider(provider)?.datacenters ?? [],
      opinions: config.routing,
      now: clock.now,
    },
    explain: router.explain,
    happenings,
  })

  let closing: Promise<void> | null = null
  return {
    catalog: offerings.catalog,
    providers: offerings.statuses,
    explain: (body) => encodeRouteExplanation(router.explain(decodeChat(body), 'default')),
    async listen() {
      compactMemory()
      const url = await server.listen()
      offerings.watch((server) => happenings.publish({ type: 'server', ...server }))
      // Not before: a key that was made by a start which failed would be lost.
      return { url, firstKey: await storage.makeFirstKey() }
    },
    close: () => (closing ??= server.drain().then(() => opened.close())),
  }
}

const chanceOf = (seed: number | null): (() => number) => (seed === null ? Math.random : seededChance(seed))
