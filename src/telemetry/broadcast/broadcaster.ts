import { hash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { GenerationContext } from '../../canonical/generation-context.ts'
import type { GenerationRecord } from '../../canonical/generation-record.ts'
import type { Happening, Happenings } from '../../canonical/happening.ts'
import type { SendRequest } from '../../canonical/outgoing-request.ts'
import type { ContentRecord } from '../../storage/stores/content-store.ts'
import { StepBudget } from '../../util/step-budget.ts'
import { DeliveryQueue } from '../delivery-queue.ts'
import type { DeliveryRoom } from '../delivery-room.ts'
import { isChosen } from '../is-chosen.ts'
import { SettledGenerations } from '../settled-generations.ts'
import { encodeSpans } from '../otlp/encode-spans.ts'
import type { BroadcastTrace, Destination, DestinationTools } from './destination.ts'
import { compileRules, type FilterRules, readsContent, type Wants } from './filter-rules.ts'
import { textsOf, traceOfGeneration, type TraceOptions } from './trace-of-generation.ts'

/** A destination that somebody set up: where generations go, and which. */
export interface BroadcastTarget extends TraceOptions {
  readonly id: string
  readonly name: string
  readonly type: string
  readonly enabled: boolean
  /** The account whose generations it gets; null for all of the gateway. */
  readonly account: string | null
  /** The settings of its type, valid. */
  readonly settings: Readonly<Record<string, unknown>>
  readonly samplingRate: number
  /** Null: all keys. */
  readonly apiKeyHashes: readonly string[] | null
  readonly filterRules: FilterRules | null
  /** Whether the operator configured it, so that its address may be private. */
  readonly isConfigured: boolean
}

/** A target at work. */
interface Running {
  readonly target: BroadcastTarget
  /** Null where its rules have a fault: it gets nothing then. */
  readonly wants: Wants | null
  readonly readsContent: boolean
  readonly queue: DeliveryQueue<BroadcastTrace>
}

interface SettledGeneration {
  readonly record: GenerationRecord
  readonly context: GenerationContext
  /** What was said in it; null where that is not wanted, or too long. */
  content: ContentRecord | null
}

interface BroadcastDependencies {
  readonly happenings: Happenings
  readonly destinations: ReadonlyMap<string, Destination>
  readonly send: SendRequest
  /** Sends to addresses that came through the API. */
  readonly guardedSend: SendRequest
  readonly room: DeliveryRoom
  readonly tools: Omit<DestinationTools, 'otlp'>
  /** Called every ten seconds at most for each destination, with what is dropped. */
  readonly onLoss: (message: string) => void
}

/** What a trace takes beside what was said, and beside what the client wrote about it. */
const traceBytes = 6_000
/** How often a text is in a body: some types have it both in a field and among all attributes. */
const copies = 2
/**
 * The most steps that the rules of all destinations take for one generation. These are a few milliseconds, in which nothing else is done. A
 * pattern of two words takes a twentieth of it for the longest text that it reads.
 */
const stepsPerGeneration = 500_000

/**
 * Tells destinations of generations (contract §6.20), after the reply and in the background. Each has a queue of its own, so that one that is
 * slow or away holds up neither a request nor another destination. Where there are no destinations, nothing is subscribed to.
 */
export class Broadcaster {
  readonly #dependencies: BroadcastDependencies
  #running: readonly Running[] = []
  #unsubscribe: (() => void) | null = null
  readonly #settled = new SettledGenerations<SettledGeneration>()

  constructor(dependencies: BroadcastDependencies) {
    this.#dependencies = dependencies
  }

  /** Puts other targets in use. One that stays as it is keeps its queue. */
  use(targets: readonly BroadcastTarget[]): void {
    const before = this.#running
    const same = (target: BroadcastTarget): Running | undefined =>
      before.find((running) => isDeepStrictEqual(running.target, target))
    this.#running = targets
      .filter(({ enabled }) => enabled)
      .flatMap((target) => same(target) ?? this.#start(target) ?? [])
    const kept = new Set(this.#running)
    for (const running of before) if (!kept.has(running)) void running.queue.close()
    if (this.#running.length === 0) this.#stop()
    else this.#unsubscribe ??= this.#dependencies.happenings.subscribe((happening) => this.#note(happening))
  }

  /** Lists how many traces wait for each type of destination. */
  *waiting(): Generator<readonly [what: string, count: number], void, void> {
    const byType = Map.groupBy(this.#running, ({ target }) => target.type)
    for (const [type, running] of byType) {
      yield [`broadcast ${type}`, running.reduce((sum, { queue }) => sum + queue.waiting, 0)]
    }
  }

  /** Tells whether what is said in a generation is wanted, so that it must be collected. */
  wants(context: GenerationContext, sessionId: string | undefined): boolean {
    return this.#running.some(
      ({ target, readsContent }) =>
        (!target.privacyMode || readsContent) &&
        concerns(target, context.principal) &&
        isSampled(target, sessionId ?? context.id),
    )
  }

  /**
   * Takes what was said in a generation. It comes after the generation is settled, and before its request finishes. Where it is too long, it
   * does not come, and the trace is sent without it.
   */
  take(content: ContentRecord): void {
    const generation = this.#settled.find(content.generationId)
    if (generation !== undefined) generation.content = content
  }

  /** Sends what waits, for a short time. */
  async close(): Promise<void> {
    this.#stop()
    await Promise.all(this.#running.map(({ queue }) => queue.close()))
  }

  #stop(): void {
    this.#unsubscribe?.()
    this.#unsubscribe = null
    this.#settled.clear()
  }

  #note(happening: Happening): void {
    if (happening.type === 'settled') {
      const { record, context } = happening
      if (this.#running.some(({ target }) => concerns(target, context.principal))) {
        this.#settled.note(record.id, { record, context, content: null })
      }
      return
    }
    if (happening.type !== 'finished') return
    const generation = this.#settled.take(happening.request)
    if (generation === undefined) return
    const { record, context, content } = generation
    const { keyName } = context.principal
    const matched = { record, keyName, input: content?.input ?? '', output: content?.completion ?? '' }
    // Destinations of the configuration come first, so that no rule of an account takes steps from theirs.
    const budget = new StepBudget(stepsPerGeneration)
    let said: BroadcastTrace['content'] = null
    for (const { target, wants, queue } of this.#running) {
      if (!concerns(target, context.principal) || !isSampled(target, record.sessionId ?? record.id)) continue
      if (wants === null) {
        queue.drop(1, 'its rules are not valid, or have too many patterns')
        continue
      }
      const isWanted = wants(matched, budget)
      if (target.filterRules !== null && budget.isSpent) {
        queue.drop(1, 'the rules of all destinations take too many steps')
        continue
      }
      if (!isWanted) continue
      said ??= content === null ? null : textsOf(content)
      const trace = traceOfGeneration(record, context, said, target)
      queue.add(trace, bytesOf(trace))
    }
  }

  #start(target: BroadcastTarget): Running | null {
    const { destinations, happenings, send, guardedSend, room, onLoss } = this.#dependencies
    const destination = destinations.get(target.type)
    if (destination === undefined) return null
    const tools: DestinationTools = { ...this.#dependencies.tools, otlp: otlpOf }
    const queue = new DeliveryQueue<BroadcastTrace>({
      perRequest: destination.perRequest,
      room: room.of(target.isConfigured ? `destination ${target.id}` : `account ${target.account}`),
      send: target.isConfigured ? send : guardedSend,
      encode: (traces) => destination.encode(traces, target.settings, tools),
      onDrop: (count) => happenings.publish({ type: 'dropped', what: `broadcast ${target.type}`, count }),
      report: (count, reason) => onLoss(`${count} traces for the destination "${target.name}" are dropped: ${reason}.`),
    })
    const rules = target.filterRules
    return { target, wants: compileRules(rules), readsContent: readsContent(rules), queue }
  }
}

const concerns = ({ account, apiKeyHashes }: BroadcastTarget, principal: GenerationContext['principal']): boolean =>
  (account === null || account === principal.account) && (apiKeyHashes?.includes(principal.keyHash) ?? true)

/** Counts about what a trace takes, waiting or encoded. What JSON escapes within JSON is counted once it is encoded. */
function bytesOf({ content, record }: BroadcastTrace): number {
  const texts = [content?.input, content?.output, content?.toolCalls, record.trace, record.metadata]
  return texts.reduce((sum, text) => sum + copies * Buffer.byteLength(text ?? ''), traceBytes)
}

/** Decides by the session, so that a session is sent whole or not at all (contract §6.20). */
const isSampled = ({ samplingRate }: BroadcastTarget, session: string): boolean =>
  samplingRate >= 1 || isChosen(hash('sha256', session, 'hex'), samplingRate)

/** Source: contract §6.20, for the webhook and the collector. */
const otlpOf = (traces: readonly BroadcastTrace[]): object =>
  encodeSpans(
    traces.map(({ traceId, spanId, parentSpanId, generationName, start, end, attributes, record }) => ({
      traceId,
      spanId,
      parentSpanId,
      name: generationName,
      kind: 'client',
      start,
      end,
      attributes,
      error: record.errorKind,
    })),
    { attributes: { 'service.name': 'openrouter' }, scope: 'openrouter' },
  )
