import type { GatewayError } from '../canonical/errors.ts'
import { describeUnchecked } from '../canonical/describe-unchecked.ts'
import { type AttemptEntry, type GenerationContext, noteFailure } from '../canonical/generation-context.ts'
import { type CallBatch, goesOn, isAnswer, type TurnBatch } from '../canonical/generation-event.ts'
import { Outcome } from '../canonical/outcome.ts'
import type { Usage } from '../canonical/usage.ts'
import type { Endpoint } from '../catalog/endpoint.ts'
import type { Clock } from '../util/clock.ts'
import { type Bill, billOf, type Part, type Repeated, sumOf } from './bill.ts'
import type { BillableRequest } from './billable-request.ts'
import type { ByokFees } from './byok-fees.ts'

/** An answer that is not delivered: one that did not fit, or the beginning of one that the client did not wait for. */
interface Undelivered {
  readonly endpoint: Endpoint
  /** Its entry in the context's log. */
  readonly entry: AttemptEntry
  readonly events: CallBatch
}

/** What billing is given. */
export interface BillingDependencies {
  readonly clock: Clock
  /** Returns the factor by which the estimate of a prompt for this model is multiplied. */
  readonly calibration: (model: string) => number
  /** The fees for calls with keys that accounts brought for providers. */
  readonly byokFees: Pick<ByokFees, 'ready' | 'charge'>
}

/**
 * The billing of one turn. It reads the batches that pass, and bills the turn exactly once: at its end, where it breaks off, or where the
 * reader leaves.
 */
export class TurnBilling {
  readonly #dependencies: BillingDependencies
  readonly #request: BillableRequest
  readonly #context: GenerationContext
  readonly #now: () => number
  readonly #parts: Part[] = []
  #outcome = new Outcome()
  #reportUsage: ((usage: Usage) => void) | null = null
  #billed = false

  constructor(dependencies: BillingDependencies, request: BillableRequest, context: GenerationContext) {
    this.#dependencies = dependencies
    this.#request = request
    this.#context = context
    this.#now = () => dependencies.clock.monotonic()
  }

  /**
   * Bills what follows to this endpoint. An endpoint that served before is billed for its part of the answer.
   * @param reportUsage Called with the usage once the answer is complete.
   */
  serve(endpoint: Endpoint, entry: AttemptEntry, reportUsage: (usage: Usage) => void, repeated = nothing): void {
    if (this.#parts.length > 0) this.#outcome = this.#outcome.next()
    this.#parts.push({ endpoint, entry, outcome: this.#outcome, repeated })
    this.#reportUsage = reportUsage
  }

  /** Charges for an answer that the client does not get. */
  charge({ endpoint, entry, events }: Undelivered): void {
    const outcome = new Outcome()
    outcome.observe(events, this.#now)
    this.#parts.push({ endpoint, entry, outcome, repeated: nothing })
  }

  /** Returns the batch to pass on. The end of the last call becomes the end of the turn. */
  pass(batch: CallBatch): TurnBatch {
    if (goesOn(batch)) {
      this.#outcome.observe(batch, this.#now)
      return batch
    }
    const last = batch.at(-1)
    const before = batch.filter(isAnswer)
    if (last?.type === 'error') {
      // A call that broke off because the client left did not fail: what it produced is charged (contract §4.5).
      if (this.#context.signal.aborted) this.abandon()
      else this.#fail(batch, last.error)
      return [...before, last]
    }
    this.#outcome.observe(batch, this.#now)
    this.#reportUsage?.(this.#outcome.usage)
    this.#context.pipeline.push(...describeUnchecked(last))
    return [...before, { type: 'turn-end', ...this.#bill(false) }]
  }

  /** Ends a turn that no endpoint served, and returns its only batch. */
  refuse(error: GatewayError): TurnBatch {
    if (this.#context.signal.aborted) this.abandon()
    else {
      this.#outcome.finish = 'error'
      this.#bill(false)
    }
    return [{ type: 'error', error, retry: { scope: 'never' } }]
  }

  /** Bills a turn whose reader left. Does nothing when the turn has ended. */
  abandon(): void {
    if (!this.#billed) this.#bill(true)
  }

  #fail(batch: CallBatch, error: GatewayError): void {
    this.#outcome.observe(batch, this.#now)
    const part = this.#parts.at(-1)
    if (part !== undefined) noteFailure(part.entry, error)
    this.#bill(false)
  }

  #bill(cancelled: boolean): Bill {
    this.#billed = true
    const { createdAt, principal } = this.#context
    const bills = this.#parts.map((part) => {
      // A client that left is charged for what was read and produced for it (contract §4.5), although no finish was seen.
      const finish = part.outcome.finish ?? (cancelled ? 'stop' : this.#outcome.finish)
      const list = billOf(this.#request, part, finish, createdAt, this.#dependencies.calibration)
      const bill =
        part.endpoint.byok === undefined
          ? list
          : { ...list, cost: this.#dependencies.byokFees.charge(list.cost, principal.account, createdAt) }
      part.entry.cost = bill.cost.total
      part.entry.upstreamId = part.outcome.upstreamId
      return bill
    })
    const bill = sumOf(bills)
    const { endpoint = null, entry: served = null } = this.#parts.at(-1) ?? {}
    this.#context.bill({ ...bill, outcome: this.#outcome, endpoint, served })
    return bill
  }
}

const nothing: Repeated = { prompt: 0, produced: 0 }
