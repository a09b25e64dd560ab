import type { Facts } from '../storage/stores/shared-state.ts'
import type { Clock } from '../util/clock.ts'
import { RecencyMap } from '../util/recency-map.ts'
import { begunProbes, endedCalls, toolReplies } from './call-facts.ts'
import type { Candidate } from './candidate.ts'
import type { EndpointHealth, EndpointStatistics } from './endpoint-health.ts'
import { EndpointRecord } from './endpoint-record.ts'
import type { OutageTimes } from './outage.ts'
import { WatchedCall } from './watched-call.ts'

/** The times of outages are read at each use, because they may change. */
interface EndpointHealthDependencies extends OutageTimes {
  readonly clock: Clock
  /** What other nodes learn from their calls. */
  readonly facts: Facts
  /** Called when a provider refuses a credential in a call of this node: only the owner of the credential can mend that. */
  readonly onRefusal?: (candidate: Candidate) => void
}

/** The most endpoints that are remembered. Beyond it, the least recently called one is removed. Each takes up to 40 kB. */
const mostEndpoints = 10_000

const nothingKnown: EndpointStatistics = {
  uptimeLast5m: null,
  uptimeLast30m: null,
  uptimeLast1d: null,
  latencyLast30m: null,
  throughputLast30m: null,
}

/**
 * Creates the health of one gateway's endpoints and credentials, which is measured from its calls and those of other nodes. It needs no
 * timers: what has expired is recognised when the health is read.
 */
export function createEndpointHealth(dependencies: EndpointHealthDependencies): EndpointHealth {
  const { clock, facts, onRefusal = () => {} } = dependencies
  /** The records in the order of the last calls. */
  const records = new RecencyMap<string, EndpointRecord>(mostEndpoints)

  const touch = (endpointId: string): EndpointRecord => {
    const record = records.get(endpointId) ?? new EndpointRecord(dependencies)
    records.set(endpointId, record)
    return record
  }

  facts.subscribe(begunProbes, ({ fact: endpointId, ageMs, node }) => {
    const now = clock.monotonic()
    touch(endpointId).probedElsewhere({ begunAt: now - ageMs, node }, now)
  })
  facts.subscribe(endedCalls, ({ fact, ageMs, node }) => {
    const { endpointId, credentialId, tookMs, latencyMs, isProbe } = fact
    const endedAt = clock.monotonic() - ageMs
    const begunAt = endedAt - tookMs
    const call = { begunAt, node: isProbe === true ? node : undefined }
    const record = touch(endpointId)
    if (latencyMs !== undefined) record.answered(call, begunAt + latencyMs)
    record.ended(call, fact, credentialId, endedAt)
  })
  facts.subscribe(toolReplies, ({ fact: { endpointId, good }, ageMs }) => {
    touch(endpointId).calledTools(good, clock.monotonic() - ageMs)
  })

  return {
    begin: (candidate, requested) =>
      new WatchedCall({ record: touch(candidate.endpoint.id), candidate, requested, clock, facts, onRefusal }),
    state: (endpointId, now = clock.monotonic()) => records.get(endpointId)?.state(now) ?? null,
    isBenched: (endpointId, credential, now = clock.monotonic()) =>
      records.get(endpointId)?.bench.isBenched(credential, now) ?? false,
    replyTime: (endpointId, maxTokens) =>
      records.get(endpointId)?.replyTimes.usual(maxTokens, clock.monotonic()) ?? null,
    statistics: (endpointId) => records.get(endpointId)?.statistics(clock.monotonic()) ?? nothingKnown,
    forget(isForgotten) {
      for (const id of records.keys()) if (isForgotten(id)) records.delete(id)
    },
    reportToolCalls(endpointId, good) {
      records.get(endpointId)?.calledTools(good, clock.monotonic())
      facts.publish(toolReplies, { endpointId, good })
    },
  }
}
