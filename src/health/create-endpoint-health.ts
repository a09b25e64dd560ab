import type { Clock } from '../util/clock.ts'
import type { Candidate } from './candidate.ts'
import type { EndpointHealth, EndpointStatistics } from './endpoint-health.ts'
import { EndpointRecord } from './endpoint-record.ts'
import type { OutageTimes } from './outage.ts'
import { WatchedCall } from './watched-call.ts'

interface EndpointHealthDependencies extends OutageTimes {
  readonly clock: Clock
  /** Told when a provider refuses a credential: nobody but its owner can mend that. */
  readonly onRefusal?: (candidate: Candidate) => void
}

/** Past this many endpoints the one that was not called for longest is forgotten. Called every minute, each takes 40 kB. */
const mostEndpoints = 10_000

const nothingKnown: EndpointStatistics = {
  uptimeLast5m: null,
  uptimeLast30m: null,
  uptimeLast1d: null,
  latencyLast30m: null,
  throughputLast30m: null,
}

/** Learns from the calls of one gateway how its endpoints and credentials are. Needs no timers: what has passed is seen when asked. */
export function createEndpointHealth({
  clock,
  onRefusal = () => {},
  ...times
}: EndpointHealthDependencies): EndpointHealth {
  /** In the order of their last calls. */
  const records = new Map<string, EndpointRecord>()

  const touch = (endpointId: string): EndpointRecord => {
    const record = records.get(endpointId) ?? new EndpointRecord(times)
    records.delete(endpointId)
    records.set(endpointId, record)
    if (records.size > mostEndpoints) {
      const [oldest = endpointId] = records.keys()
      records.delete(oldest)
    }
    return record
  }

  return {
    begin: (candidate, requested) =>
      new WatchedCall(touch(candidate.endpoint.id), candidate.credential, requested, clock, () => onRefusal(candidate)),
    state: (endpointId, now = clock.monotonic()) => records.get(endpointId)?.state(now) ?? null,
    isBenched: (endpointId, credential, now = clock.monotonic()) =>
      records.get(endpointId)?.bench.isBenched(credential, now) ?? false,
    replyTime: (endpointId, maxTokens) =>
      records.get(endpointId)?.replyTimes.usual(maxTokens, clock.monotonic()) ?? null,
    statistics: (endpointId) => records.get(endpointId)?.statistics(clock.monotonic()) ?? nothingKnown,
    reportToolCalls: (endpointId, good) => records.get(endpointId)?.calledTools(good, clock.monotonic()),
  }
}
