import { GatewayError, type Retry } from '../canonical/errors.ts'
import {
  type AttemptEntry,
  type AttemptKind,
  type GenerationContext,
  noteFailure,
} from '../canonical/generation-context.ts'
import { type GenerationBatch, type GenerationEvent, isContent } from '../canonical/generation-event.ts'
import type { Usage } from '../canonical/usage.ts'
import type { Endpoint } from '../catalog/endpoint.ts'
import type { Clock } from '../util/clock.ts'
import type { Candidate } from './candidate.ts'
import { isUnfit, unfitAnswer } from './check-answers.ts'
import type { Failure } from './exhaustion.ts'

/** An endpoint answers: `first` holds everything up to and with the first content, `rest` what follows. It holds no request. */
export interface Committed {
  readonly candidate: Candidate
  readonly entry: AttemptEntry
  readonly first: GenerationBatch
  readonly rest: AsyncIterable<GenerationBatch>
  /** What could still take over, in order. */
  readonly remaining: readonly Candidate[]
}

/** What the attempts of one generation share. */
export interface AttemptLog {
  readonly context: GenerationContext
  readonly clock: Clock
  /** Nano-USD. `at` is in Unix milliseconds. */
  readonly price: (usage: Usage, endpoint: Endpoint, at: number) => number
  /**
   * What must not be lost when another endpoint is tried: the debug echo of each attempt, by its number, so that a second try does
   * not echo again (contract §4.6).
   */
  readonly echoes: Map<number, GenerationEvent>
  /** Whether the client asked for a service tier, and so is told which one serves. */
  readonly tellsTier: boolean
}

/** One call to one endpoint, up to its first content. */
export class Attempt {
  readonly candidate: Candidate
  readonly entry: AttemptEntry
  /** Never rejects. */
  readonly outcome: Promise<Committed | Failure>
  readonly #log: AttemptLog
  readonly #remaining: readonly Candidate[]
  readonly #signal: AbortSignal

  /**
   * @param events The call, under way.
   * @param remaining What is left to try besides this candidate.
   * @param signal The one that the call was given.
   */
  constructor(
    log: AttemptLog,
    candidate: Candidate,
    remaining: readonly Candidate[],
    events: AsyncIterable<GenerationBatch>,
    signal: AbortSignal,
    kind?: AttemptKind,
  ) {
    this.#log = log
    this.candidate = candidate
    this.#remaining = remaining
    this.#signal = signal
    this.entry = enter(log, candidate.endpoint, kind)
    this.outcome = this.#untilCommit(events)
  }

  /** Another attempt answered first: what this one still says is not heard. To be called once its signal has been aborted. */
  discard(): void {
    this.#close(0, 'cancelled')
    void this.outcome.then(async (outcome) => {
      if ('rest' in outcome) await outcome.rest[Symbol.asyncIterator]().return?.()
    })
  }

  async #untilCommit(events: AsyncIterable<GenerationBatch>): Promise<Committed | Failure> {
    const { endpoint } = this.candidate
    const iterator = events[Symbol.asyncIterator]()
    const before: GenerationEvent[] = []
    for (;;) {
      const { done, value: batch } = await iterator.next()
      if (done === true) return this.#failed(new GatewayError('provider_unavailable'), { scope: 'next-endpoint' })
      // The whole answer is in this batch: nothing of it was sent.
      const isUnusable = batch.some(isUnfit) && this.#remaining.some((other) => other.endpoint.id !== endpoint.id)
      for (const [position, event] of batch.entries()) {
        if (isContent(event) && !isUnusable) return this.#committed(before, batch.slice(position), iterator)
        if (event.type === 'error') return this.#failed(event.error, event.retry)
        if (event.type === 'usage') {
          this.entry.cost = this.#log.price(event.usage, endpoint, this.#log.context.createdAt)
        }
        if (event.type === 'upstream-request') {
          const { providerName: provider, model } = endpoint
          this.#log.echoes.set(this.entry.attempt, { ...event, provider, model })
        } else if (event.type !== 'alive') {
          before.push(event)
        }
      }
      if (isUnusable) {
        await iterator.return?.()
        return this.#failed(unfitAnswer(endpoint), { scope: 'next-endpoint' })
      }
    }
  }

  #committed(before: GenerationBatch, content: GenerationBatch, iterator: AsyncIterator<GenerationBatch>): Committed {
    if (!this.#signal.aborted) this.#close(200, null)
    const { candidate, entry } = this
    const { providerName: provider, model, id: endpoint } = candidate.endpoint
    for (const event of [...before, ...content]) {
      if (event.type === 'start' && event.raisedMaxTokens !== undefined) this.#raised(event.raisedMaxTokens)
    }
    const serviceTier = this.#log.tellsTier ? candidate.endpoint.tier : undefined
    const committed: GenerationEvent = {
      type: 'committed',
      provider,
      model,
      endpoint,
      attempt: entry.attempt,
      ...(serviceTier !== undefined && { serviceTier }),
    }
    return {
      candidate,
      entry,
      first: [...this.#log.echoes.values(), ...before, committed, ...content],
      rest: theRest(iterator),
      remaining: this.#remaining,
    }
  }

  /** More may be written, and charged, than the client asked for: it is told. */
  #raised(to: number): void {
    const { context } = this.#log
    const { providerName } = this.candidate.endpoint
    context.raisedMaxTokens = to
    context.pipeline.push({
      type: 'raised_max_tokens',
      name: 'max_tokens',
      summary: `${providerName} takes no max_tokens below ${to}, so it was asked for up to ${to} tokens. All that it writes is charged.`,
      data: { sent: to },
    })
  }

  #failed(error: GatewayError, retry: Retry): Failure {
    // A call that was given up did not fail.
    if (!this.#signal.aborted) {
      this.#close(error.status, error.kind)
      noteFailure(this.entry, error)
    }
    return { candidate: this.candidate, error, retry }
  }

  #close(status: number, errorKind: string | null): void {
    this.entry.latency = this.#log.clock.monotonic() - this.entry.startedAt
    this.entry.status = status
    this.entry.errorKind = errorKind
  }
}

/** A scope of its own: a closure holds all that its neighbours use. */
const theRest = (iterator: AsyncIterator<GenerationBatch>): AsyncIterable<GenerationBatch> => ({
  [Symbol.asyncIterator]: () => iterator,
})

/** A second call to the same endpoint is another try of the same attempt (contract §5.5 counts endpoints). */
function enter({ context, clock }: AttemptLog, endpoint: Endpoint, kind: AttemptKind | undefined): AttemptEntry {
  const last = context.attempts.at(-1)
  const attempt = last === undefined ? 1 : last.endpoint === endpoint.id ? last.attempt : last.attempt + 1
  const again = context.attempts.some((entry) => entry.endpoint === endpoint.id)
  const entry: AttemptEntry = {
    endpoint: endpoint.id,
    provider: endpoint.provider,
    providerName: endpoint.providerName,
    model: endpoint.model,
    tier: endpoint.tier,
    kind: kind ?? (again ? 'retry' : 'first'),
    attempt,
    startedAt: clock.monotonic(),
    latency: 0,
    status: 0,
    errorKind: null,
    upstreamStatus: null,
    cause: null,
    upstreamId: null,
    cost: 0,
  }
  context.attempts.push(entry)
  return entry
}
