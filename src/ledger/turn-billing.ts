import type { GatewayError } from '../canonical/errors.ts'
import { describeUnchecked } from '../canonical/describe-unchecked.ts'
import { type AttemptEntry, type GenerationContext, noteFailure } from '../canonical/generation-context.ts'
import { type AnswerEvent, type CallBatch, goesOn, isAnswer, type TurnBatch } from '../canonical/generation-event.ts'
import { type CallHold, freeCallHold } from '../canonical/hold.ts'
import { Outcome } from '../canonical/outcome.ts'
import type { Usage } from '../canonical/usage.ts'
import type { Endpoint } from '../catalog/endpoint.ts'
import type { Clock } from '../util/clock.ts'
import { type Bill, billOf, paidForPrompt, type Part, type PartBill, type Repeated, sumOf } from './bill.ts'
import type { BillableRequest } from './billable-request.ts'
import type { ByokFees } from './byok-fees.ts'
import type { UsualOutput } from './usual-output.ts'

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
  /** Learns how long the answers of each endpoint are. */
  readonly usual: Pick<UsualOutput, 'observe'>
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
  readonly #lost: Lost[] = []
  #outcome = new Outcome()
  #reportUsage: ((usage: Usage) => void) | null = null
  #hold: CallHold = freeCallHold
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
  serve(
    endpoint: Endpoint,
    entry: AttemptEntry,
    hold: CallHold,
    reportUsage: (usage: Usage) => void,
    repeated: Repeated | null = null,
  ): void {
    if (this.#parts.length > 0) this.#outcome = this.#outcome.next()
    this.#noteEnd()
    this.#parts.push({ endpoint, entry, outcome: this.#outcome, repeated })
    this.#reportUsage = reportUsage
    this.#hold = hold
  }

  /** Charges for an answer that the client does not get. */
  charge({ endpoint, entry, events }: Undelivered): void {
    const outcome = new Outcome()
    outcome.observe(events, this.#now)
    this.#parts.push({ endpoint, entry, outcome, repeated: null })
  }

  /** Notes a call that another one beat. The operator pays for it, so its amount is only in its own entry. */
  lose(lost: Lost): void {
    this.#lost.push(lost)
  }

  /** Tells whether the amount that the call holds can keep up with its answer. False: the answer must end. */
  keepUp(batch: CallBatch): boolean {
    return this.#hold.keepUp(batch)
  }

  /** Ends an answer that becomes longer than what can be paid. It is charged for what was produced, unlike one that failed. */
  cut(batch: readonly AnswerEvent[], error: GatewayError): TurnBatch {
    this.#bill(true)
    return [...batch, { type: 'error', error, retry: { scope: 'never' } }]
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

  /** @param isCut Whether the answer ended before its end, though no call failed: the client left, or could not pay for more. */
  #bill(isCut: boolean): Bill {
    this.#billed = true
    this.#noteEnd()
    const { createdAt } = this.#context
    const { calibration } = this.#dependencies
    const bills = this.#parts.map((part) => {
      // The client is charged for what was read and produced for it (contract §4.5), although no finish was seen.
      const finish = part.outcome.finish ?? (isCut ? 'stop' : this.#outcome.finish)
      const bill = this.#ofPayer(part.endpoint, billOf(this.#request, part, finish, createdAt, calibration))
      part.entry.cost = bill.paid
      part.entry.upstreamId = part.outcome.upstreamId
      this.#learn(part)
      return bill
    })
    for (const { endpoint, entry } of this.#lost) {
      if (!entry.sent || entry.cost > 0 || endpoint.byok !== undefined) continue
      entry.cost = paidForPrompt(this.#request, endpoint, createdAt, calibration)
    }
    const bill = sumOf(bills)
    const { endpoint = null, entry: served = null } = this.#parts.at(-1) ?? {}
    this.#context.bill({ ...bill, outcome: this.#outcome, endpoint, served })
    return bill
  }

  /** Where the account's own key was used, the provider charges the account, and the operator at most a fee. */
  #ofPayer({ byok }: Endpoint, bill: PartBill): PartBill {
    if (byok === undefined) return bill
    const { createdAt, principal } = this.#context
    return { ...bill, paid: 0, cost: this.#dependencies.byokFees.charge(bill.cost, principal.account, createdAt) }
  }

  /** Notes when the newest call stopped answering. */
  #noteEnd(): void {
    const part = this.#parts.at(-1)
    if (part !== undefined) part.entry.endedAt ??= this.#now()
  }

  #learn({ endpoint, outcome: { usage, finish } }: Part): void {
    if (usage.completionTokens === undefined || finish === null || finish === 'error') return
    const estimated = this.#request.knownPromptTokens()
    const surplus = estimated === null || usage.promptTokens === undefined ? null : usage.promptTokens - estimated
    this.#dependencies.usual.observe(endpoint.id, usage.completionTokens, surplus)
  }
}

/** A call that another one beat. */
interface Lost {
  readonly endpoint: Endpoint
  readonly entry: AttemptEntry
}
