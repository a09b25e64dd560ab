import type { CallEvent } from '../canonical/generation-event.ts'
import type { Facts } from '../storage/stores/shared-state.ts'
import type { Clock } from '../util/clock.ts'
import { begunProbes, endedCalls } from './call-facts.ts'
import { type CallOutcome, outcomeOf } from './call-outcome.ts'
import type { Candidate, CallReport, RequestedReply } from './candidate.ts'
import type { EndpointRecord } from './endpoint-record.ts'

interface WatchedCallDependencies {
  readonly record: EndpointRecord
  readonly candidate: Candidate
  readonly requested: RequestedReply
  readonly clock: Clock
  /** Where other nodes are told. */
  readonly facts: Facts
  /** Called when the credential is refused and is not benched for that already. */
  readonly onRefusal: (candidate: Candidate) => void
}

/** The report of one call, which is entered into the records of its endpoint and its credential, and told to the other nodes. */
export class WatchedCall implements CallReport {
  readonly begunAt: number
  readonly #given: WatchedCallDependencies
  readonly #isProbe: boolean
  #answeredAt: number | null = null

  constructor(dependencies: WatchedCallDependencies) {
    const { record, candidate, clock, facts } = dependencies
    this.#given = dependencies
    this.begunAt = clock.monotonic()
    this.#isProbe = record.began(this)
    if (this.#isProbe) facts.publish(begunProbes, candidate.endpoint.id)
  }

  answered(): void {
    this.#answeredAt = this.#given.clock.monotonic()
    this.#given.record.answered(this, this.#answeredAt)
  }

  ended(last: Extract<CallEvent, { type: 'call-end' | 'error' }>): void {
    const { record, requested, candidate } = this.#given
    const answersOthers = (): boolean => record.answeredSince(this.begunAt)
    this.#show(outcomeOf(last, requested, candidate.credential, this.#answeredAt !== null, answersOthers))
  }

  abandoned(silentSince?: number): void {
    const isUsual = silentSince === undefined || this.#given.record.answeredSince(silentSince)
    this.#show({ endpoint: isUsual ? 'left' : 'fails' })
  }

  #show(outcome: CallOutcome): void {
    const { record, candidate, clock, facts, onRefusal } = this.#given
    const now = clock.monotonic()
    const credentialId = candidate.credential.id
    if (record.ended(this, outcome, credentialId, now)) onRefusal(candidate)
    facts.publish(endedCalls, {
      ...outcome,
      endpointId: candidate.endpoint.id,
      credentialId,
      tookMs: Math.round(now - this.begunAt),
      latencyMs: this.#answeredAt === null ? undefined : Math.round(this.#answeredAt - this.begunAt),
      isProbe: this.#isProbe || undefined,
    })
  }
}
