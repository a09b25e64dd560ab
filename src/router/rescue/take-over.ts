import type { ErrorKind } from '../../canonical/errors.ts'
import type { GenerationContext } from '../../canonical/generation-context.ts'
import type { GenerationBatch } from '../../canonical/generation-event.ts'
import type { GenerationRequest } from '../../canonical/generation-request.ts'
import type { Usage } from '../../canonical/usage.ts'
import { type Ask, type AttemptTools, Caller } from '../attempt-loop.ts'
import type { Committed } from '../attempt.ts'
import type { Candidate } from '../candidate.ts'
import type { Failure } from '../exhaustion.ts'
import { worthTrying } from '../retry-policy.ts'
import { Join } from './join.ts'
import { type Way, waysToGoOn } from './ways.ts'

/** What taking over is done with. */
export interface TakeOver {
  readonly tools: AttemptTools
  readonly context: GenerationContext
  /** How a request is put to whichever endpoint is tried. */
  readonly ask: (request: GenerationRequest) => Ask
}

/** An answer that goes on: its batches hold only what the client does not have. */
export interface TakenOver extends Committed {
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
      remaining = others
      for (const way of waysToGoOn(this.#request, candidate.endpoint, text, model)) {
        const caller = new Caller(ask(way.request), context, tools)
        if (this.#calls >= mostCalls || !caller.inTime()) return null
        this.#calls++
        const answer = await caller.start(candidate, others, undefined, 'rescue').outcome
        if ('rest' in answer) {
          const joined = await this.#joined(answer, way)
          if (joined !== null) return joined
        } else if (way.method !== 'prefill' || isHopeless(answer)) {
          remaining = remaining.filter(worthTrying(answer.retry, candidate))
          break
        }
      }
    }
  }

  /** Reads an answer until it is known whether it joins; one that does not is given up. */
  async #joined(answer: Committed, way: Way): Promise<TakenOver | null> {
    const join = new Join(way)
    const rest = answer.rest[Symbol.asyncIterator]()
    let batch = answer.first
    for (;;) {
      const first = join.take(batch)
      if (join.state === 'joined') return { ...answer, way, first, rest: passing(rest, join) }
      if (join.state === 'diverged') break
      const next = await rest.next()
      if (next.done === true) break
      batch = next.value
    }
    await rest.return?.()
    this.#giveUp(answer, batch, join.usage)
    return null
  }

  #giveUp({ entry, candidate }: Committed, batch: GenerationBatch, usage: Usage | undefined): void {
    const error = batch.flatMap((event) => (event.type === 'error' ? [event.error] : []))[0]
    entry.status = error?.status ?? 0
    entry.errorKind = error?.kind ?? 'diverged'
    const { tools, context } = this.#with
    if (usage !== undefined) entry.cost = tools.price(usage, candidate.endpoint, context.createdAt)
  }
}

const isHopeless = ({ error, retry }: Failure): boolean =>
  hopeless.has(error.kind) || retry.scope === 'next-credential' || retry.scope === 'never'

async function* passing(rest: AsyncIterator<GenerationBatch>, join: Join): AsyncIterable<GenerationBatch> {
  for await (const batch of { [Symbol.asyncIterator]: () => rest }) yield join.take(batch)
}
