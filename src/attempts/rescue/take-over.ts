import type { ErrorKind } from '../../canonical/errors.ts'
import type { GenerationContext } from '../../canonical/generation-context.ts'
import type { CallBatch, CallStream } from '../../canonical/generation-event.ts'
import type { GenerationRequest } from '../../canonical/generation-request.ts'
import type { Usage } from '../../canonical/usage.ts'
import { type CallPlan, type AttemptDependencies, Caller } from '../attempt-loop.ts'
import type { Committed, Failure } from '../attempt.ts'
import type { Candidate } from '../../health/candidate.ts'
import { worthTrying } from '../retry-policy.ts'
import { Join } from './join.ts'
import { type Continuation, continuations } from './continuations.ts'

/** What is needed to continue an answer at another endpoint. */
export interface TakeOverContext {
  readonly dependencies: AttemptDependencies
  readonly context: GenerationContext
  /** Tells how to send a request to each endpoint that is tried. */
  readonly callPlan: (request: GenerationRequest) => CallPlan
}

/** An answer that continues the one that broke off. Its batches hold only what the client does not have yet. */
interface ContinuedAnswer extends Committed {
  readonly continuation: Continuation
}

/** The most calls that may be made to continue the answers to one request. Each of them pays for the prompt again. */
const mostCalls = 6

/**
 * Failures of a prefill after which no other continuation is tried at the same endpoint: it is too slow, overloaded, rate limited or does
 * not have the model.
 */
const hopeless: ReadonlySet<ErrorKind> = new Set([
  'provider_timeout',
  'provider_overloaded',
  'rate_limit_exceeded',
  'not_found',
])

/** The search for endpoints that continue the answers to one request. */
export class TakeOver {
  readonly #request: GenerationRequest
  readonly #context: TakeOverContext
  #calls = 0

  constructor(request: GenerationRequest, context: TakeOverContext) {
    this.#request = request
    this.#context = context
  }

  /**
   * Tries the candidates in order, and at each the continuations that it supports, the safest first. Null where no answer joins.
   * @param text The part of the answer that the client has.
   * @param model The model that began the answer.
   */
  async find(candidates: readonly Candidate[], text: string, model: string): Promise<ContinuedAnswer | null> {
    const { callPlan, context, dependencies } = this.#context
    let remaining = candidates
    for (;;) {
      const [candidate, ...others] = remaining
      if (candidate === undefined) return null
      // The answer of an endpoint does not depend on the credential.
      let isWorthTrying = worthTrying({ scope: 'next-endpoint' }, candidate)
      for (const continuation of continuations(this.#request, candidate.endpoint, text, model)) {
        const caller = new Caller(callPlan(continuation.request), context, dependencies)
        if (this.#calls >= mostCalls || !caller.hasTimeLeft() || !caller.canCall(candidate)) return null
        const attempt = caller.start(candidate, others, undefined, 'rescue')
        if (attempt === null) return null
        this.#calls++
        const outcome = await attempt.outcome
        const joined = outcome.type === 'committed' ? await this.#join(outcome, continuation) : outcome
        if (joined === null) continue
        if (joined.type === 'committed') return joined
        if (continuation.method === 'prefill' && !isHopeless(joined)) continue
        isWorthTrying = worthTrying(joined.retry, candidate)
        break
      }
      remaining = others.filter(isWorthTrying)
    }
  }

  /** Reads an answer until it is known whether it joins the text. An answer with another text is abandoned, and the result is null. */
  async #join(answer: Committed, continuation: Continuation): Promise<ContinuedAnswer | Failure | null> {
    const join = new Join(continuation)
    const rest = answer.rest[Symbol.asyncIterator]()
    for (let batch = answer.first; ;) {
      const first = join.take(batch)
      if (join.state === 'joined') {
        const done: Continuation = join.isReplay
          ? { ...continuation, method: 'replay', overlap: continuation.whole }
          : continuation
        return { ...answer, continuation: done, first, rest: passing(rest, join) }
      }
      const last = batch.at(-1)
      if (last?.type === 'error') {
        this.#note(answer, join.usage, last.error.status, last.error.kind)
        answer.hold.release()
        return { type: 'failure', candidate: answer.candidate, error: last.error, retry: last.retry }
      }
      if (join.state === 'diverged') break
      const next = await rest.next()
      if (next.done === true) break
      batch = next.value
    }
    await rest.return?.()
    answer.hold.release()
    this.#note(answer, join.usage, 0, 'diverged')
    return null
  }

  /** Notes how an answer ended that is not delivered. One that ended because the client left did not fail. */
  #note({ entry, candidate }: Committed, usage: Usage | null, status: number, errorKind: string): void {
    const { context, dependencies } = this.#context
    entry.status = context.signal.aborted ? 0 : status
    entry.errorKind = context.signal.aborted ? null : errorKind
    if (usage !== null) entry.cost = dependencies.price(usage, candidate.endpoint, context.createdAt)
  }
}

const isHopeless = ({ error, retry }: Failure): boolean =>
  hopeless.has(error.kind) || retry.scope === 'next-credential' || retry.scope === 'never'

async function* passing(rest: AsyncIterator<CallBatch>, join: Join): CallStream {
  for await (const batch of { [Symbol.asyncIterator]: () => rest }) yield join.take(batch)
}
