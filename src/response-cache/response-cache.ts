import { hash } from 'node:crypto'
import type { GenerationContext } from '../canonical/generation-context.ts'
import { goesOn, isAnswer, type TurnBatch, type TurnStream } from '../canonical/generation-event.ts'
import type { GenerationRequest } from '../canonical/generation-request.ts'
import type { Operation } from '../canonical/operation.ts'
import { Outcome } from '../canonical/outcome.ts'
import { noCost } from '../canonical/usage.ts'
import type { Facts, SharedState, Topic } from '../storage/stores/shared-state.ts'
import type { Clock } from '../util/clock.ts'
import { BoundedEntries } from './bounded-entries.ts'
import { decodeAnswer, encodeAnswer, type KeptAnswer, type KeptEvent } from './kept-answer.ts'

/** What the cache is given. */
export interface ResponseCacheDependencies {
  readonly clock: Clock
  readonly answers: CachedAnswers
  /** The most bytes that one answer takes. */
  readonly maxBytes: number
  /** Returns what the account sets for plugins: with other settings the same request may be answered otherwise. */
  readonly pluginsOf: (account: string) => unknown
  /** Where other nodes find the answers of this one. */
  readonly shared: Pick<SharedState, 'facts' | 'values'>
}

/** How long an answer is kept, in seconds (contract §6.13). */
const usualTtl = 300
const longestTtl = 86_400

/** The largest answer that other nodes get, in bytes of memory. */
const mostSharedBytes = 2_000_000

/** An answer with its age and the time that it has left, in milliseconds. */
type Found = NonNullable<ReturnType<BoundedEntries<KeptAnswer>['get']>>

/** The hash of a request whose answer was dropped at one node. */
const droppedAnswers: Topic<string> = {
  name: 'answer-dropped',
  read: (value) => (typeof value === 'string' && value.length <= 64 ? value : null),
}

/** The answers that are kept. They outlive a cache when the configuration changes. */
export type CachedAnswers = BoundedEntries<KeptAnswer>

/** Makes the memory for answers. What another node drops is dropped here. */
export function createCachedAnswers(bound: { readonly maxBytes: number }, clock: Clock, facts: Facts): CachedAnswers {
  const answers: CachedAnswers = new BoundedEntries(bound, () => clock.monotonic())
  facts.subscribe(droppedAnswers, ({ fact }) => answers.delete(fact))
  return answers
}

/**
 * Keeps complete answers in memory and for other nodes, and answers the same request of the same key with them (contract §6.13). It works
 * only for requests that ask for it. Two requests at the same time are both sent upstream.
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
    if (wish?.enabled !== true || context.depth > 0 || !isEligible[request.operation]) return take()
    const key = this.#key(request, context)
    const ttlSeconds = Math.min(longestTtl, Math.max(1, wish.ttlSeconds ?? usualTtl))
    const miss = (): TurnStream => {
      context.cache = { status: 'MISS', ttlSeconds }
      return this.#keep(key, ttlSeconds * 1000, context, take())
    }
    if (wish.clear) {
      this.#drop(key)
      return miss()
    }
    const found = this.#dependencies.answers.get(key)
    if (found !== null) return this.#replay(found, context)
    return this.#dependencies.shared.values === null ? miss() : this.#fromOthers(key, context, miss)
  }

  #drop(key: string): void {
    const { facts, values } = this.#dependencies.shared
    this.#dependencies.answers.delete(key)
    facts.publish(droppedAnswers, key)
    values?.delete(key)
  }

  /** Looks for the answer of another node. */
  async *#fromOthers(key: string, context: GenerationContext, miss: () => TurnStream): TurnStream {
    const value = await this.#dependencies.shared.values?.get(key)
    const answer = value == null ? null : decodeAnswer(value.text)
    if (value == null || answer === null) return yield* miss()
    const ageMs = Math.max(0, answer.ttlMs - value.leftMs)
    this.#dependencies.answers.set(key, answer.kept, 2 * value.text.length, answer.ttlMs, ageMs)
    yield* this.#replay({ entry: answer.kept, ageMs, leftMs: value.leftMs }, context)
  }

  /**
   * The order of a body's properties is significant; white space is not. A preset that was changed is another one: the body has only its
   * name.
   */
  #key({ operation, stream, models, preset, source }: GenerationRequest, { principal }: GenerationContext): string {
    const plugins = this.#dependencies.pluginsOf(principal.account)
    const parts = [principal.keyHash, operation, stream, models, plugins, preset, source.protocol, source.body]
    return hash('sha256', JSON.stringify(parts))
  }

  async *#keep(key: string, ttlMs: number, context: GenerationContext, turns: TurnStream): TurnStream {
    const batches: (readonly KeptEvent[])[] = []
    let bytes = 0
    for await (const batch of turns) {
      if (bytes <= this.#dependencies.maxBytes) {
        const kept = batch.filter(isKept)
        batches.push(kept)
        bytes += sizeOf(kept)
      }
      if (!goesOn(batch) && batch.at(-1)?.type === 'turn-end') {
        const { endpoint = null, outcome = new Outcome() } = context.turns.at(-1) ?? {}
        const answer = { sourceId: context.id, batches, endpoint, outcome }
        const { answers, shared } = this.#dependencies
        answers.set(key, answer, bytes, ttlMs)
        if (bytes <= mostSharedBytes) shared.values?.set(key, encodeAnswer(answer, ttlMs), ttlMs)
      }
      yield batch
    }
  }

  /** Nothing is used, and nothing is charged. */
  #replay({ entry, ageMs, leftMs }: Found, context: GenerationContext): TurnStream {
    context.cache = {
      status: 'HIT',
      ageSeconds: Math.floor(ageMs / 1000),
      ttlSeconds: Math.ceil(leftMs / 1000),
      sourceId: entry.sourceId,
    }
    return replay(entry, context, this.#dependencies.clock.monotonic())
  }
}

/** The operations whose answers are kept (contract §6.13). Audio to transcribe is not even in the body that an answer is found by. */
const isEligible: Readonly<Record<Operation, boolean>> = {
  chat: true,
  completions: true,
  embeddings: true,
  rerank: true,
  images: false,
  speech: false,
  transcription: false,
}

/** The echo of what was sent upstream, and signs of life, are no part of an answer. */
const isKept = (event: TurnBatch[number]): event is KeptEvent =>
  isAnswer(event) &&
  event.type !== 'upstream-request' &&
  event.type !== 'alive' &&
  !(event.type === 'item' && event.item.type !== 'embedding' && event.item.type !== 'relevance')

/** Estimates the memory of events in bytes. */
const sizeOf = (batch: readonly KeptEvent[]): number => 2 * JSON.stringify(batch).length

async function* replay(
  { batches, endpoint, outcome: first }: KeptAnswer,
  context: GenerationContext,
  now: number,
): TurnStream {
  yield* batches
  const usage = { promptTokens: 0, completionTokens: 0 }
  const outcome = first.repeated(now)
  context.turns.push({ usage, cost: noCost, outcome, endpoint, served: null })
  yield [{ type: 'turn-end', usage, cost: noCost }]
}
