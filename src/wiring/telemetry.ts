import type { Happenings } from '../canonical/happening.ts'
import type { SendRequest } from '../canonical/outgoing-request.ts'
import type { Config } from '../config/config.ts'
import type { ContentLog } from '../ledger/content-log.ts'
import type { Journal } from '../ledger/journal/journal.ts'
import type { Offerings } from '../offerings/offerings.ts'
import { type EndpointSnapshot, Metrics } from '../telemetry/metrics/metrics.ts'
import { Tracing } from '../telemetry/tracing/tracing.ts'
import type { Clock } from '../util/clock.ts'
import type { ClosingStack } from '../util/closing-stack.ts'
import type { Learned } from './learned.ts'

/** What observes a gateway beside its log. */
export interface Telemetry {
  readonly metrics: Metrics
  /** Puts another configuration in use. What was counted stays. */
  apply(config: Config): void
}

/** Makes what observes a gateway beside its log. Whatever is off subscribes to nothing. */
export function wireTelemetry(dependencies: {
  readonly config: Config
  readonly clock: Clock
  readonly happenings: Happenings
  /** Returns what is offered now. */
  readonly offerings: () => Offerings | null
  readonly running: () => number
  readonly learned: Learned
  readonly storage: {
    readonly generations: Pick<Journal, 'waiting' | 'isFull'>
    readonly contentLog: Pick<ContentLog, 'waiting'>
  }
  readonly send: SendRequest
  readonly onError: (error: Error) => void
  readonly opened: ClosingStack
}): Telemetry {
  const { config, clock, happenings, offerings, running, learned, storage, send, onError, opened } = dependencies
  const tracing = new Tracing({ happenings, clock, send, onError })
  opened.add(() => tracing.close())
  const metrics = new Metrics({
    happenings,
    clock,
    sources: {
      endpoints: () => calledEndpoints(offerings(), learned, clock.monotonic()),
      journal: () => ({ waiting: storage.generations.waiting, isFull: storage.generations.isFull }),
      running,
      queued: () => [
        ['content', storage.contentLog.waiting],
        ['spans', tracing.waiting],
      ],
    },
  })
  opened.add(() => metrics.close())
  const apply = ({ telemetry }: Config): void => {
    metrics.setEnabled(telemetry.metrics)
    tracing.apply(telemetry.otlp)
  }
  apply(config)
  return { metrics, apply }
}

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
