import type { CallEvent } from '../canonical/generation-event.ts'
import type { Clock } from '../util/clock.ts'
import { type RequestedReply, type CallReport, type CredentialReference, operator } from './candidate.ts'
import { attributeFailure } from './attribute-failure.ts'
import type { EndpointRecord } from './endpoint-record.ts'

/** The report of one call, which is entered into the records of its endpoint and its credential. */
export class WatchedCall implements CallReport {
  readonly begunAt: number
  readonly #record: EndpointRecord
  readonly #credential: CredentialReference
  readonly #requested: RequestedReply
  readonly #onRefusal: () => void
  readonly #clock: Clock
  #answered = false

  /**
   * @param onRefusal Called when the credential is refused and is not benched for that already.
   */
  constructor(
    record: EndpointRecord,
    credential: CredentialReference,
    requested: RequestedReply,
    clock: Clock,
    onRefusal: () => void,
  ) {
    this.#record = record
    this.#credential = credential
    this.#requested = requested
    this.#clock = clock
    this.#onRefusal = onRefusal
    this.begunAt = clock.monotonic()
    record.began(this)
  }

  answered(): void {
    this.#answered = true
    this.#record.answered(this, this.#clock.monotonic())
  }

  ended(last: Extract<CallEvent, { type: 'call-end' | 'error' }>): void {
    const now = this.#clock.monotonic()
    if (last.type === 'call-end') {
      this.#record.succeeded(this, last.usage, now)
      if (!this.#requested.stream) this.#record.replyTimes.add(this.#requested.maxTokens, now - this.begunAt, now)
      this.#record.bench.accepted(this.#credential.id, this.begunAt)
      return
    }
    const { scope, afterMs } = last.retry
    switch (attributeFailure(last, this.#answered)) {
      case 'endpoint':
        if (last.error.kind === 'provider_timeout' && this.#isLong()) this.#record.requestRefused(this, now)
        else this.#record.failed(this, now)
        return
      case 'credential':
        if (this.#isOperators()) this.#record.credentialRefused(this, now)
        else this.#record.requestRefused(this, now)
        if (this.#record.bench.refused(this.#credential.id, now)) this.#onRefusal()
        return
      case 'rate-limit':
        if (this.#isOperators()) this.#record.rateLimited(this, now, afterMs)
        else this.#record.requestRefused(this, now)
        if (scope === 'next-credential') this.#record.bench.limited(this.#credential.id, now, afterMs)
        return
      case 'none':
        this.#record.requestRefused(this, now)
    }
  }

  abandoned(silentSince?: number): void {
    const now = this.#clock.monotonic()
    if (silentSince === undefined || this.#record.answeredSince(silentSince)) this.#record.abandoned(this, now)
    else this.#record.failed(this, now)
  }

  /** Tells whether the credential is the operator's: a refusal of an account's own credential does not count against the endpoint. */
  #isOperators(): boolean {
    return this.#credential.owner === operator
  }

  /** Tells whether a late whole reply is probably only long: the endpoint answered other calls meanwhile. */
  #isLong(): boolean {
    return !this.#requested.stream && this.#record.answeredSince(this.begunAt)
  }
}
