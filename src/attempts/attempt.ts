import { GatewayError, type Retry } from '../canonical/errors.ts'
import {
  type AttemptEntry,
  type AttemptKind,
  type GenerationContext,
  noteFailure,
} from '../canonical/generation-context.ts'
import { type CallBatch, type CallEvent, type CallStream } from '../canonical/generation-event.ts'
import type { CallHold } from '../canonical/hold.ts'
import type { Happenings } from '../canonical/happening.ts'
import type { Usage } from '../canonical/usage.ts'
import type { Endpoint } from '../catalog/endpoint.ts'
import type { Clock } from '../util/clock.ts'
import { spanId } from '../util/ids.ts'
import type { Candidate } from '../health/candidate.ts'
import { asReported } from './refused-own-key.ts'
import { isUnfit, schemaMismatch, unfitAnswer } from './interceptors/check-answers.ts'

/**
 * An attempt whose endpoint answers. `first` holds everything up to the first content and that content, `rest` what follows. It keeps no
 * part of the request in memory.
 */
export interface Committed {
  readonly type: 'committed'
  readonly candidate: Candidate
  readonly entry: AttemptEntry
  readonly hold: CallHold
  readonly first: CallBatch
  readonly rest: CallStream
  /** The candidates that could still take over the answer, in order. */
  readonly remaining: readonly Candidate[]
  /** The call that was made beside this one and answered later. */
  readonly beaten?: Beaten
}

/** A call whose answer is not used, because another one came first. The operator pays for it. */
export interface Beaten {
  readonly endpoint: Endpoint
  readonly entry: AttemptEntry
}

/** An answer, or the beginning of one, that is not delivered to the client, which is charged for it all the same. */
export interface Undelivered {
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
  /** What the client is charged for this call although it failed. */
  readonly undelivered?: Undelivered
  /** Delivers the answer although it does not fit the response format. Used where no other endpoint answers. */
  readonly deliverAnyway?: () => Committed
}

/** What all attempts of one generation share. */
export interface AttemptContext {
  readonly happenings: Happenings
  readonly context: GenerationContext
  readonly clock: Clock
  /** Nano-USD. `at` is in Unix milliseconds. */
  readonly price: (usage: Usage, endpoint: Endpoint, at: number) => number
  /**
   * The debug echo of each attempt, by the number of the attempt. It must not be lost when another endpoint is tried, and a second try of
   * the same endpoint must not add another (contract §4.6).
   */
  readonly echoes: Map<number, CallEvent>
  /** Whether the client asked for a service tier, so that the reply must name the tier that serves. */
  readonly reportsTier: boolean
  /** Tells whether this endpoint answers with a stream. */
  readonly streams: (endpoint: Endpoint) => boolean
  /** Tells whether this event commits the answer. */
  readonly commits: (event: CallEvent) => boolean
}

/** The most events before the content of an answer, all of which are kept. An upstream that sends more is broken. */
const mostBeforeContent = 10_000

/** One call to one endpoint, until its first content or its failure. */
export class Attempt {
  readonly candidate: Candidate
  readonly entry: AttemptEntry
  /** How the attempt ended. The promise never rejects. */
  readonly outcome: Promise<Committed | Failure>
  readonly #shared: AttemptContext
  readonly #remaining: readonly Candidate[]
  readonly #signal: AbortSignal
  readonly #hold: CallHold

  /**
   * @param call Starts the call.
   * @param remaining The other candidates that are left.
   * @param signal The signal that the call was given.
   * @param hold What the call holds. It is released here only where the client is not charged for the call.
   */
  constructor(
    shared: AttemptContext,
    candidate: Candidate,
    remaining: readonly Candidate[],
    call: (onSent: () => void) => CallStream,
    signal: AbortSignal,
    hold: CallHold,
    kind?: AttemptKind,
  ) {
    this.#shared = shared
    this.candidate = candidate
    this.#remaining = remaining
    this.#signal = signal
    this.#hold = hold
    this.entry = addEntry(shared, candidate.endpoint, kind)
    const onSent = (): void => {
      this.entry.sent = true
    }
    this.outcome = this.#untilCommit(call(onSent))
  }

  /** Ends an attempt after another one answered first: its events are dropped. Call it once the signal has been aborted. */
  discard(): void {
    this.#close(0, 'cancelled')
    this.#hold.release()
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
        if (this.#shared.commits(event)) {
          const content = batch.slice(position)
          return this.#shouldTryAnother(batch)
            ? this.#unfit(before, content, iterator)
            : this.#committed(before, content, streamOf(iterator))
        }
        if (event.type === 'error') return this.#failed(event.error, event.retry, before)
        if (event.type === 'usage') {
          this.entry.cost = this.#shared.price(event.usage, endpoint, this.#shared.context.createdAt)
        }
        if (event.type === 'upstream-request') {
          const { providerName: provider, model } = endpoint
          this.#shared.echoes.set(this.entry.attempt, { ...event, provider, model })
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

  /**
   * Tells whether to ask another endpoint, because the answer does not fit the response format. That is done once at most, since every
   * answer costs, and only while nothing of the answer has been sent.
   */
  #shouldTryAnother(batch: CallBatch): boolean {
    return (
      batch.some(isUnfit) &&
      this.#remaining.some((other) => other.endpoint.id !== this.candidate.endpoint.id) &&
      !this.#shared.context.turnAttempts.some(({ errorKind }) => errorKind === schemaMismatch)
    )
  }

  /** Reads an answer that does not fit to its end, because most upstreams report usage only there. */
  async #unfit(before: CallBatch, content: CallBatch, iterator: AsyncIterator<CallBatch>): Promise<Failure> {
    const { endpoint } = this.candidate
    const error = unfitAnswer(endpoint)
    noteFailure(this.entry, error)
    this.#close(error.status, schemaMismatch)
    const events = [...before, ...content]
    for await (const batch of streamOf(iterator)) events.push(...batch)
    const last = events.at(-1)
    if (last?.type === 'error') return this.#failed(last.error, last.retry, before)
    const usage = events.findLast((event) => event.type === 'usage')?.usage
    if (usage !== undefined) this.entry.cost = this.#shared.price(usage, endpoint, this.#shared.context.createdAt)
    // What a call with the account's own key costs the account is known only once the turn is billed.
    if (!this.entry.isByok) this.#hold.cost(this.entry.cost)
    const isReported = usage?.promptTokens !== undefined || usage?.completionTokens !== undefined
    return {
      type: 'failure',
      candidate: this.candidate,
      error,
      retry: { scope: 'next-endpoint' },
      undelivered: isReported ? { endpoint, entry: this.entry, events } : undefined,
      deliverAnyway: () => {
        this.entry.cause = null
        return this.#committed(before, events.slice(before.length), emptyStream)
      },
    }
  }

  #committed(before: CallBatch, content: CallBatch, rest: CallStream): Committed {
    if (!this.#signal.aborted) this.#close(200, null)
    const { candidate, entry } = this
    const { providerName: provider, model, id: endpoint } = candidate.endpoint
    for (const event of [...before, ...content]) {
      if (event.type === 'start' && event.raisedMaxTokens !== undefined)
        this.#noteRaisedMaxTokens(event.raisedMaxTokens)
    }
    if (this.#hold.maxTokens !== undefined) this.#noteAffordableTokens(this.#hold.maxTokens)
    const serviceTier = this.#shared.reportsTier ? candidate.endpoint.tier : undefined
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
      hold: this.#hold,
      first: [...this.#shared.echoes.values(), ...before, committed, ...content],
      rest,
      remaining: this.#remaining,
    }
  }

  /** Notes in the metadata that the answer may end sooner than the endpoint would end it. */
  #noteAffordableTokens(maxTokens: number): void {
    this.#shared.context.pipeline.push({
      type: 'affordable_max_tokens',
      name: 'max_tokens',
      summary: `What is left to spend pays for ${maxTokens} tokens of the answer, so it was limited to them.`,
      data: { sent: maxTokens },
    })
  }

  /** Notes in the metadata that the answer may become longer, and dearer, than the client allowed. */
  #noteRaisedMaxTokens(to: number): void {
    const { context } = this.#shared
    const { providerName } = this.candidate.endpoint
    context.raisedMaxTokens = to
    context.pipeline.push({
      type: 'raised_max_tokens',
      name: 'max_tokens',
      summary: `${providerName} takes no max_tokens below ${to}, so it was asked for up to ${to} tokens. All that it writes is charged.`,
      data: { sent: to },
    })
  }

  /** @param events The events that came before the error. */
  #failed(thrown: GatewayError, retry: Retry, events: CallBatch): Failure {
    const { candidate, entry } = this
    const error = asReported(thrown, retry, candidate.endpoint)
    // A call that was cancelled did not fail.
    if (!this.#signal.aborted) {
      this.#close(error.status, error.kind)
      noteFailure(entry, error)
    }
    const isAbandoned =
      this.#shared.context.signal.aborted && entry.sent && entry.status === 0 && entry.errorKind === null
    const undelivered = isAbandoned ? { endpoint: candidate.endpoint, entry, events } : undefined
    if (!isAbandoned) this.#hold.release()
    return { type: 'failure', candidate, error, retry, undelivered }
  }

  #close(status: number, errorKind: string | null): void {
    const isFirst = this.entry.latency === 0
    // An attempt may be closed twice; the latency is that of the first time.
    if (isFirst) this.entry.latency = this.#shared.clock.monotonic() - this.entry.startedAt
    this.entry.status = status
    this.entry.errorKind = errorKind
    const { context, happenings } = this.#shared
    if (isFirst) happenings.publish({ type: 'attempt', generationId: context.id, entry: this.entry })
  }
}

const emptyStream: CallStream = {
  async *[Symbol.asyncIterator]() {},
}

/** Makes a stream of an iterator. It is a function of its own because a closure keeps everything that the others of its scope use. */
const streamOf = (iterator: AsyncIterator<CallBatch>): CallStream => ({
  [Symbol.asyncIterator]: () => iterator,
})

/**
 * Adds an entry for a new call to the log of the generation. A second call to the same endpoint has the number of the first, since
 * contract §5.5 counts endpoints.
 */
function addEntry(
  { context, clock, streams }: AttemptContext,
  endpoint: Endpoint,
  kind: AttemptKind | undefined,
): AttemptEntry {
  const last = context.attempts.at(-1)
  const attempt = last === undefined ? 1 : last.endpoint === endpoint.id ? last.attempt : last.attempt + 1
  const again = context.turnAttempts.some((entry) => entry.endpoint === endpoint.id)
  const entry: AttemptEntry = {
    endpoint: endpoint.id,
    provider: endpoint.provider,
    providerName: endpoint.providerName,
    model: endpoint.model,
    tier: endpoint.tier,
    isByok: endpoint.byok !== undefined,
    kind: kind ?? (again ? 'retry' : 'first'),
    attempt,
    startedAt: clock.monotonic(),
    latency: 0,
    status: 0,
    errorKind: null,
    upstreamStatus: null,
    cause: null,
    upstreamId: null,
    ...(context.trace !== null && { spanId: spanId() }),
    cost: 0,
    sent: false,
    // An upstream that sends its answer in one piece finishes the work, whether or not the connection is closed (contract §4.5).
    stoppable: streams(endpoint) && endpoint.cancels !== false,
  }
  context.attempts.push(entry)
  return entry
}
