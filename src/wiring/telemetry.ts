import type { Authenticator } from '../auth/authenticate.ts'
import type { Happenings } from '../canonical/happening.ts'
import type { SendRequest } from '../canonical/outgoing-request.ts'
import type { Config } from '../config/config.ts'
import type { ContentLog } from '../ledger/content-log.ts'
import type { Journal } from '../ledger/journal/journal.ts'
import type { Offerings } from '../offerings/offerings.ts'
import type { SecretCipher } from '../secrets/secret-cipher.ts'
import type { ByokStore } from '../storage/stores/byok-store.ts'
import type { DestinationStore } from '../storage/stores/destination-store.ts'
import { Broadcaster } from '../telemetry/broadcast/broadcaster.ts'
import { DeliveryRoom } from '../telemetry/delivery-room.ts'
import type { Destinations } from '../telemetry/destinations/open-destinations.ts'
import { type EndpointSnapshot, Metrics } from '../telemetry/metrics/metrics.ts'
import { Tracing } from '../telemetry/tracing/tracing.ts'
import { readAllowList } from '../upstream/allow-list.ts'
import type { createDispatcher } from '../upstream/dispatcher.ts'
import { createGuardedDialer } from '../upstream/guarded-dialer.ts'
import { createGuardedSendRequest, createSendRequest } from '../upstream/send-request.ts'
import { createSignS3 } from '../upstream/sign/create-sign-s3.ts'
import type { Clock } from '../util/clock.ts'
import type { ClosingStack } from '../util/closing-stack.ts'
import { destinationsByType, wireDestinations } from './destinations.ts'
import type { Learned } from './learned.ts'

/** What observes a gateway beside its log. */
export interface Telemetry {
  readonly metrics: Metrics
  readonly broadcaster: Broadcaster
  readonly destinations: Destinations
  /** Puts another configuration in use. What was counted stays. */
  apply(config: Config): void
}

/** Makes what observes a gateway beside its log. Whatever is off subscribes to nothing. */
export async function wireTelemetry(dependencies: {
  readonly config: Config
  /** Returns the configuration that is in use. */
  readonly settings: () => Config
  readonly clock: Clock
  readonly happenings: Happenings
  /** Returns what is offered now. */
  readonly offerings: () => Offerings | null
  readonly running: () => number
  readonly learned: Learned
  readonly storage: {
    readonly generations: Pick<Journal, 'waiting' | 'isFull'>
    readonly contentLog: Pick<ContentLog, 'waiting'>
    readonly destinations: DestinationStore
    readonly byok: ByokStore
    readonly authenticator: Authenticator
  }
  /** Encrypts the settings of destinations that come through the API. */
  readonly cipher: SecretCipher
  readonly dispatcher: ReturnType<typeof createDispatcher>
  readonly onError: (error: Error) => void
  /** Called with what is not sent. */
  readonly onLoss: (message: string) => void
  readonly opened: ClosingStack
}): Promise<Telemetry> {
  const { config, settings, clock, happenings, offerings, running, learned, storage } = dependencies
  const { cipher, dispatcher, onError, onLoss, opened } = dependencies
  const send = createSendRequest(dispatcher)
  const room = new DeliveryRoom()
  const tracing = new Tracing({ happenings, clock, send, room: room.of('spans'), onLoss })
  opened.add(() => tracing.close())
  const sendGuarded: SendRequest = (request, signal) => guardedSend(settings())(request, signal)
  const broadcaster = new Broadcaster({
    happenings,
    destinations: destinationsByType,
    send,
    guardedSend: sendGuarded,
    room,
    tools: { now: clock.now, signS3: createSignS3(dispatcher, clock) },
    onLoss,
  })
  opened.add(() => broadcaster.close())
  const destinations = await wireDestinations({
    store: storage.destinations,
    marks: storage.byok,
    authenticator: storage.authenticator,
    cipher,
    clock,
    guardedSend: sendGuarded,
    onRead: (targets) => broadcaster.use([...settings().broadcast, ...targets]),
    onError,
    opened,
  })
  const metrics = new Metrics({
    happenings,
    clock,
    sources: {
      endpoints: () => calledEndpoints(offerings(), learned, clock.monotonic()),
      journal: () => ({ waiting: storage.generations.waiting, isFull: storage.generations.isFull }),
      running,
      queued: () => [['content', storage.contentLog.waiting], ['spans', tracing.waiting], ...broadcaster.waiting()],
    },
  })
  opened.add(() => metrics.close())
  const apply = ({ telemetry, broadcast }: Config): void => {
    metrics.setEnabled(telemetry.metrics)
    tracing.apply(telemetry.otlp)
    broadcaster.use([...broadcast, ...destinations.targets()])
  }
  apply(config)
  return { metrics, broadcaster, destinations, apply }
}

/** Makes the function that sends to addresses which came through the API. */
const guardedSend = ({ fetch: { allow }, timeouts: { connectMs } }: Config): SendRequest =>
  createGuardedSendRequest(createGuardedDialer({ allowed: readAllowList(allow), connectMs }))

/** Yields the endpoints that were called, with their health. Copies for the keys of accounts are left out: they name accounts' own choices. */
function* calledEndpoints(
  offerings: Offerings | null,
  { health }: Learned,
  now: number,
): Generator<EndpointSnapshot, void, void> {
  if (offerings === null) return
  for (const { slug, endpoints } of offerings.catalog().models.values()) {
    for (const { id, provider } of endpoints) {
      const state = health.state(id, now)
      if (state === null) continue
      yield {
        endpoint: id,
        provider,
        model: slug,
        isUp: state.condition === 'stable',
        isLimited: state.limitedUntil > now,
        benched: offerings.credentials(provider).filter((credential) => health.isBenched(id, credential.id, now))
          .length,
      }
    }
  }
}
