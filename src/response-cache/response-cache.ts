import { hash } from 'node:crypto'
import type { GenerationContext } from '../canonical/generation-context.ts'
import { type AnswerEvent, goesOn, isAnswer, type TurnBatch, type TurnStream } from '../canonical/generation-event.ts'
import type { GenerationRequest } from '../canonical/generation-request.ts'
import { Outcome } from '../canonical/outcome.ts'
import type { Clock } from '../util/clock.ts'
import type { BoundedEntries } from './bounded-entries.ts'

/** A complete answer. */
interface Entry {
  /** The id of the generation that was answered so. */
  readonly sourceId: string
  readonly batches: readonly (readonly AnswerEvent[])[]
  readonly endpoint: GenerationContext['turns'][number]['endpoint']
  readonly outcome: Outcome
}

/** The answers that are kept. They outlive a cache when the configuration changes. */
export type CachedAnswers = BoundedEntries<Entry>

/** What the cache is given. */
export interface ResponseCacheDependencies {
  readonly clock: Clock
  readonly answers: CachedAnswers
  /** The most bytes that one answer takes. */
  readonly maxBytes: number
  /** Returns what the account sets for plugins: with other settings the same request may be answered otherwise. */
  readonly pluginsOf: (account: string) => unknown
}

/**
 * Keeps complete answers in memory, and answers the same request of the same key with them (contract §6.13). It works only for requests that
 * ask for it. Two requests at the same time are both sent upstream.
 */
export class ResponseCache {
  readonly #dependencies: ResponseCacheDependencies

  constructor(dependencies: ResponseCacheDependencies) {
    this.#dependencies = dependencies
  }

  /** Returns the turns of a request: from the cache, or those of `take`, which are kept when they are complete. */
  around(request: GenerationRequest, context: GenerationContext, take: () => TurnStream): TurnStream {
    const wish = request.context.cache
    // A nested call is part of an answer that is kept as a whole.
    if (wish === undefined || context.depth > 0) return take()
    const key = this.#key(request, context)
    const { answers } = this.#dependencies
    if (wish.clear) answers.delete(key)
    const found = answers.get(key)
    if (found === null) {
      context.cache = { status: 'MISS', ttlSeconds: wish.ttlSeconds }
      return this.#keep(key, wish.ttlSeconds, context, take())
    }
    const { entry, ageMs, leftMs } = found
    context.cache = {
      status: 'HIT',
      ageSeconds: Math.floor(ageMs / 1000),
      ttlSeconds: Math.ceil(leftMs / 1000),
      sourceId: entry.sourceId,
    }
    return replay(entry, context, this.#dependencies.clock.monotonic())
  }

  /** The order of a body's properties is significant; white space is not. */
  #key({ operation, stream, models, source }: GenerationRequest, { principal }: GenerationContext): string {
    const plugins = this.#dependencies.pluginsOf(principal.account)
    const parts = [principal.keyHash, operation, stream, models, plugins, source.protocol, source.body]
    return hash('sha256', JSON.stringify(parts))
  }

  async *#keep(key: string, ttlSeconds: number, context: GenerationContext, turns: TurnStream): TurnStream {
    const batches: (readonly AnswerEvent[])[] = []
    let bytes = 0
    for await (const batch of turns) {
      if (bytes <= this.#dependencies.maxBytes) {
        const kept = batch.filter(isKept)
        batches.push(kept)
        bytes += sizeOf(kept)
      }
      if (!goesOn(batch) && batch.at(-1)?.type === 'turn-end') {
        const { endpoint = null, outcome = new Outcome() } = context.turns.at(-1) ?? {}
        const entry = { sourceId: context.id, batches, endpoint, outcome }
        this.#dependencies.answers.set(key, entry, bytes, ttlSeconds * 1000)
      }
      yield batch
    }
  }
}

/** The echo of what was sent upstream, and signs of life, are no part of an answer. */
const isKept = (event: TurnBatch[number]): event is AnswerEvent =>
  isAnswer(event) && event.type !== 'upstream-request' && event.type !== 'alive'

/** Estimates the memory of events in bytes. */
const sizeOf = (batch: readonly AnswerEvent[]): number => 2 * JSON.stringify(batch).length

/** Nothing is used, and nothing is charged. */
async function* replay(
  { batches, endpoint, outcome: first }: Entry,
  context: GenerationContext,
  now: number,
): TurnStream {
  yield* batches
  const usage = { promptTokens: 0, completionTokens: 0 }
  const cost = { total: 0, prompt: 0, completion: 0, other: 0, tools: 0, isByok: false, provenance: 'none' } as const
  const outcome = first.repeated(now)
  context.turns.push({ usage, cost, outcome, endpoint, served: null })
  yield [{ type: 'turn-end', usage, cost }]
}
