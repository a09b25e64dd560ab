import { GatewayError, type Retry } from '../canonical/errors.ts'
import {
  type AttemptEntry,
  type AttemptKind,
  type GenerationContext,
  noteFailure,
} from '../canonical/generation-context.ts'
import { type CallBatch, type CallEvent, type CallStream } from '../canonical/generation-event.ts'
import type { Happenings } from '../canonical/happening.ts'
import type { Usage } from '../canonical/usage.ts'
import type { Endpoint } from '../catalog/endpoint.ts'
import type { Clock } from '../util/clock.ts'
import type { Candidate } from '../health/candidate.ts'
import { isUnfit, schemaMismatch, unfitAnswer } from './interceptors/check-answers.ts'

/** An endpoint answers: `first` holds everything up to and with the first content, `rest` what follows. It holds no request. */
export interface Committed {
  readonly type: 'committed'
  readonly candidate: Candidate
  readonly entry: AttemptEntry
  readonly first: CallBatch
  readonly rest: CallStream
  /** What could still take over, in order. */
  readonly remaining: readonly Candidate[]
}

/** What an endpoint gave that the client does not get, and is charged for. */
export interface Unheard {
  readonly endpoint: Endpoint
  readonly entry: AttemptEntry
  readonly events: CallBatch
}

/** A call that failed before it committed. */
export interface Failure {
  readonly type: 'failure'
  readonly candidate: Candidate
  readonly error: GatewayError
  readonly retry: Retry
  /** What is owed for it all the same. */
  readonly unheard?: Unheard
  /** Gives the client an answer that is not as it was asked to be, in want of a better one. */
  readonly unfit?: () => Committed
}

/** What the attempts of one generation share. */
export interface AttemptLog {
  readonly happenings: Happenings
  readonly context: GenerationContext
  readonly clock: Clock
  /** Nano-USD. `at` is in Unix milliseconds. */
  readonly price: (usage: Usage, endpoint: Endpoint, at: number) => number
  /**
   * What must not be lost when another endpoint is tried: the debug echo of each attempt, by its number, so that a second try does
   * not echo again (contract §4.6).
   */
  readonly echoes: Map<number, CallEvent>
  /** Whether the client asked for a service tier, and so is told which one serves. */
  readonly tellsTier: boolean
  readonly stream: boolean
  /** Which event commits the answer. */
  readonly commits: (event: CallEvent) => boolean
}

/** An upstream that says so much without any content is broken: all of it is kept until the answer begins. */
const mostBeforeContent = 10_000

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
   * @param call Starts the call.
   * @param remaining What is left to try besides this candidate.
   * @param signal The one that the call was given.
   */
  constructor(
    log: AttemptLog,
    candidate: Candidate,
    remaining: readonly Candidate[],
    call: (onSent: () => void) => CallStream,
    signal: AbortSignal,
    kind?: AttemptKind,
  ) {
    this.#log = log
    this.candidate = candidate
    this.#remaining = remaining
    this.#signal = signal
    this.entry = enter(log, candidate.endpoint, kind)
    const onSent = (): void => {
      this.entry.sent = true
    }
    this.outcome = this.#untilCommit(call(onSent))
  }

  /** Another attempt answered first: what this one still says is not heard. To be called once its signal has been aborted. */
  discard(): void {
    this.#close(0, 'cancelled')
    void this.outcome.then(async (outcome) => {
      if (outcome.type === 'committed') await outcome.rest[Symbol.asyncIterator]().return?.()
    })
  }

  async #untilCommit(events: CallStream): Promise<Committed | Failure> {
    const { endpoint } = this.candidate
    const iterator = events[Symbol.asyncIterator]()
    const before: CallEvent[] = []
    for (;;) {
      const { done, value: batch } = await iterator.next()
      if (done === true) {
        return this.#failed(new GatewayError('provider_unavailable'), { scope: 'next-endpoint' }, before)
      }
      for (const [position, event] of batch.entries()) {
        if (this.#log.commits(event)) {
          const content = batch.slice(position)
          return this.#isOneMoreTryWorth(batch)
            ? this.#unfit(before, content, iterator)
            : this.#committed(before, content, theRest(iterator))
        }
        if (event.type === 'error') return this.#failed(event.error, event.retry, before)
        if (event.type === 'usage') {
          this.entry.cost = this.#log.price(event.usage, endpoint, this.#log.context.createdAt)
        }
        if (event.type === 'upstream-request') {
          const { providerName: provider, model } = endpoint
          this.#log.echoes.set(this.entry.attempt, { ...event, provider, model })
        } else if (event.type !== 'alive' && before.push(event) > mostBeforeContent) {
          await iterator.return?.()
          const error = new GatewayError('provider_unavailable', 'The provider sent too much before its answer.', {
            providerName: endpoint.providerName,
          })
          return this.#failed(error, { scope: 'next-endpoint' }, before)
        }
      }
    }
  }

  /** Whether an answer does not fit, nothing of it was sent, and nobody was asked again for that before: each answer costs. */
  #isOneMoreTryWorth(batch: CallBatch): boolean {
    return (
      batch.some(isUnfit) &&
      this.#remaining.some((other) => other.endpoint.id !== this.candidate.endpoint.id) &&
      !this.#log.context.attempts.some(({ errorKind }) => errorKind === schemaMismatch)
    )
  }

  /** Reads an answer that does not fit to its end, after which its usage is often told. */
  async #unfit(before: CallBatch, content: CallBatch, iterator: AsyncIterator<CallBatch>): Promise<Failure> {
    const { endpoint } = this.candidate
    const error = unfitAnswer(endpoint)
    noteFailure(this.entry, error)
    this.#close(error.status, schemaMismatch)
    const events = [...before, ...content]
    for await (const batch of theRest(iterator)) events.push(...batch)
    const last = events.at(-1)
    if (last?.type === 'error') return this.#failed(last.error, last.retry, before)
    const usage = events.findLast((event) => event.type === 'usage')?.usage
    if (usage !== undefined) this.entry.cost = this.#log.price(usage, endpoint, this.#log.context.createdAt)
    const isReported = usage?.promptTokens !== undefined || usage?.completionTokens !== undefined
    return {
      type: 'failure',
      candidate: this.candidate,
      error,
      retry: { scope: 'next-endpoint' },
      unheard: isReported ? { endpoint, entry: this.entry, events } : undefined,
      unfit: () => {
        this.entry.cause = null
        return this.#committed(before, events.slice(before.length), nothing)
      },
    }
  }

  #committed(before: CallBatch, content: CallBatch, rest: CallStream): Committed {
    if (!this.#signal.aborted) this.#close(200, null)
    const { candidate, entry } = this
    const { providerName: provider, model, id: endpoint } = candidate.endpoint
    for (const event of [...before, ...content]) {
      if (event.type === 'start' && event.raisedMaxTokens !== undefined) this.#raised(event.raisedMaxTokens)
    }
    const serviceTier = this.#log.tellsTier ? candidate.endpoint.tier : undefined
    const committed: CallEvent = {
      type: 'committed',
      provider,
      model,
      endpoint,
      attempt: entry.attempt,
      ...(serviceTier !== undefined && { serviceTier }),
    }
    return {
      type: 'committed',
      candidate,
      entry,
      first: [...this.#log.echoes.values(), ...before, committed, ...content],
      rest,
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

  /** @param events What came before. */
  #failed(error: GatewayError, retry: Retry, events: CallBatch): Failure {
    const { candidate, entry } = this
    // A call that was given up did not fail.
    if (!this.#signal.aborted) {
      this.#close(error.status, error.kind)
      noteFailure(entry, error)
    }
    const isLeft = this.#log.context.signal.aborted && entry.sent && entry.status === 0 && entry.errorKind === null
    const unheard = isLeft ? { endpoint: candidate.endpoint, entry, events } : undefined
    return { type: 'failure', candidate, error, retry, unheard }
  }

  #close(status: number, errorKind: string | null): void {
    const isFirst = this.entry.latency === 0
    // A second verdict does not change how long it took.
    if (isFirst) this.entry.latency = this.#log.clock.monotonic() - this.entry.startedAt
    this.entry.status = status
    this.entry.errorKind = errorKind
    const { context, happenings } = this.#log
    if (isFirst) happenings.publish({ type: 'attempt', generationId: context.id, entry: this.entry })
  }
}

const nothing: CallStream = {
  async *[Symbol.asyncIterator]() {},
}

/** A scope of its own: a closure holds all that its neighbours use. */
const theRest = (iterator: AsyncIterator<CallBatch>): CallStream => ({
  [Symbol.asyncIterator]: () => iterator,
})

/** A second call to the same endpoint is another try of the same attempt (contract §5.5 counts endpoints). */
function enter(
  { context, clock, stream }: AttemptLog,
  endpoint: Endpoint,
  kind: AttemptKind | undefined,
): AttemptEntry {
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
    sent: false,
    // Whoever answers in one piece answers whether or not somebody listens (contract §4.5).
    stoppable: stream && endpoint.cancels !== false,
  }
  context.attempts.push(entry)
  return entry
}
