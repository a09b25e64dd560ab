import type { ErrorKind } from '../../canonical/errors.ts'
import type { GenerationContext } from '../../canonical/generation-context.ts'
import type { CallBatch, CallStream } from '../../canonical/generation-event.ts'
import type { GenerationRequest } from '../../canonical/generation-request.ts'
import type { Usage } from '../../canonical/usage.ts'
import { type Ask, type AttemptTools, Caller } from '../attempt-loop.ts'
import type { Committed, Failure } from '../attempt.ts'
import type { Candidate } from '../../health/candidate.ts'
import { worthTrying } from '../retry-policy.ts'
import { Join } from './join.ts'
import { type Way, waysToGoOn } from './continuations.ts'

/** What taking over is done with. */
export interface TakeOver {
  readonly tools: AttemptTools
  readonly context: GenerationContext
  /** How a request is put to whichever endpoint is tried. */
  readonly ask: (request: GenerationRequest) => Ask
}

/** An answer that goes on: its batches hold only what the client does not have. */
interface TakenOver extends Committed {
  readonly way: Way
}

/** Calls that may be made to go on with the answers to one request: each pays for the prompt again. */
const mostCalls = 6

/**
 * Failures of a call that was to continue a turn after which a fresh call to the same endpoint is no use: it has no time, or no room
 * for us, or is not there.
 */
const hopeless: ReadonlySet<ErrorKind> = new Set([
  'provider_timeout',
  'provider_overloaded',
  'rate_limit_exceeded',
  'not_found',
])

/** Finds an endpoint that goes on with an answer. */
export class Rescuers {
  readonly #request: GenerationRequest
  readonly #with: TakeOver
  #calls = 0

  constructor(request: GenerationRequest, takeOver: TakeOver) {
    this.#request = request
    this.#with = takeOver
  }

  /**
   * Tries the candidates in order, and at each the ways it may have, the most trusted first. Null where none joins.
   * @param text What the client has.
   * @param model Whose answer it is.
   */
  async takeOver(candidates: readonly Candidate[], text: string, model: string): Promise<TakenOver | null> {
    const { ask, context, tools } = this.#with
    let remaining = candidates
    for (;;) {
      const [candidate, ...others] = remaining
      if (candidate === undefined) return null
      // What an endpoint says does not depend on the credential.
      let isWorthTrying = worthTrying({ scope: 'next-endpoint' }, candidate)
      for (const way of waysToGoOn(this.#request, candidate.endpoint, text, model)) {
        const caller = new Caller(ask(way.request), context, tools)
        if (this.#calls >= mostCalls || !caller.inTime() || !caller.affords(candidate)) return null
        this.#calls++
        const outcome = await caller.start(candidate, others, undefined, 'rescue').outcome
        const joined = outcome.type === 'committed' ? await this.#join(outcome, way) : outcome
        if (joined === null) continue
        if (joined.type === 'committed') return joined
        if (way.method === 'prefill' && !isHopeless(joined)) continue
        isWorthTrying = worthTrying(joined.retry, candidate)
        break
      }
      remaining = others.filter(isWorthTrying)
    }
  }

  /** Reads an answer until it is known whether it joins. Null for one that says something else: it is given up. */
  async #join(answer: Committed, way: Way): Promise<TakenOver | Failure | null> {
    const join = new Join(way)
    const rest = answer.rest[Symbol.asyncIterator]()
    for (let batch = answer.first; ;) {
      const first = join.take(batch)
      if (join.state === 'joined') {
        const done: Way = join.isReplay ? { ...way, method: 'replay', overlap: way.whole } : way
        return { ...answer, way: done, first, rest: passing(rest, join) }
      }
      const last = batch.at(-1)
      if (last?.type === 'error') {
        this.#note(answer, join.usage, last.error.status, last.error.kind)
        return { type: 'failure', candidate: answer.candidate, error: last.error, retry: last.retry }
      }
      if (join.state === 'diverged') break
      const next = await rest.next()
      if (next.done === true) break
      batch = next.value
    }
    await rest.return?.()
    this.#note(answer, join.usage, 0, 'diverged')
    return null
  }

  /** An answer that is not heard. One that ended because the client left did not fail. */
  #note({ entry, candidate }: Committed, usage: Usage | null, status: number, errorKind: string): void {
    const { context, tools } = this.#with
    entry.status = context.signal.aborted ? 0 : status
    entry.errorKind = context.signal.aborted ? null : errorKind
    if (usage !== null) entry.cost = tools.price(usage, candidate.endpoint, context.createdAt)
  }
}

const isHopeless = ({ error, retry }: Failure): boolean =>
  hopeless.has(error.kind) || retry.scope === 'next-credential' || retry.scope === 'never'

async function* passing(rest: AsyncIterator<CallBatch>, join: Join): CallStream {
  for await (const batch of { [Symbol.asyncIterator]: () => rest }) yield join.take(batch)
}
