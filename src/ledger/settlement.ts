import type { GatewayError } from '../canonical/errors.ts'
import { type AttemptEntry, type GenerationContext, noteFailure } from '../canonical/generation-context.ts'
import type { GenerationBatch, GenerationEvent, Unchecked } from '../canonical/generation-event.ts'
import { Outcome } from '../canonical/outcome.ts'
import type { PipelineStage, RouterMetadata } from '../canonical/router-metadata.ts'
import type { Usage } from '../canonical/usage.ts'
import type { Endpoint } from '../catalog/endpoint.ts'
import type { Clock } from '../util/clock.ts'
import type { Repeated } from './estimate-usage.ts'
import type { Order } from './order.ts'
import type { Part, Settle } from './settle.ts'

/** What an endpoint gave beside the answer: one that did not fit, or the beginning of one that the client did not wait for. */
interface Unheard {
  readonly endpoint: Endpoint
  /** Its entry in the context's log. */
  readonly entry: AttemptEntry
  readonly events: GenerationBatch
}

/**
 * One generation's way to its end: watches the batches that pass, settles exactly once, and puts usage, cost and metadata on
 * the terminal event.
 */
export class Settlement {
  readonly #settle: Settle
  readonly #clock: Clock
  readonly #order: Order
  readonly #context: GenerationContext
  readonly #describe: (endpoint: Endpoint | null) => RouterMetadata
  readonly #now: () => number
  readonly #parts: Part[] = []
  #outcome = new Outcome()
  #learn: ((usage: Usage) => void) | null = null
  #settled = false

  constructor(
    settle: Settle,
    clock: Clock,
    order: Order,
    context: GenerationContext,
    describe: (endpoint: Endpoint | null) => RouterMetadata,
  ) {
    this.#settle = settle
    this.#clock = clock
    this.#order = order
    this.#context = context
    this.#describe = describe
    this.#now = () => this.#clock.monotonic()
  }

  /**
   * From here on this endpoint is the one that is paid; one that served before, for what it gave until now.
   * @param learn Told what was used, once the answer is complete.
   */
  serve(endpoint: Endpoint, entry: AttemptEntry, learn: (usage: Usage) => void, repeated = nothing): void {
    if (this.#parts.length > 0) this.#outcome = this.#outcome.next()
    this.#parts.push({ endpoint, entry, outcome: this.#outcome, repeated })
    this.#learn = learn
  }

  /** Charges for what an endpoint gave that the client does not get. */
  charge({ endpoint, entry, events }: Unheard): void {
    const outcome = new Outcome()
    outcome.observe(events, this.#now)
    this.#parts.push({ endpoint, entry, outcome, repeated: nothing })
  }

  /** Hands a batch on; the one with the terminal event only once it is settled. */
  pass(batch: GenerationBatch): GenerationBatch | Promise<GenerationBatch> {
    const last = batch.at(-1)
    // A call that broke off because the client left did not fail: what it produced is charged (contract §4.5).
    if (last?.type === 'error' && this.#context.signal.aborted) return this.abandon().then(() => batch)
    this.#outcome.observe(batch, this.#now)
    if (last === undefined || (last.type !== 'end' && last.type !== 'error')) return batch
    return this.#complete(batch.slice(0, -1), last)
  }

  /** The one batch of a generation that no endpoint served. */
  refuse(error: GatewayError): Promise<GenerationBatch> {
    const last = { type: 'error', error, retry: { scope: 'never' } } as const
    if (this.#context.signal.aborted) return this.abandon().then(() => [last])
    this.#outcome.finish = 'error'
    return this.#complete([], last)
  }

  /** The reader is gone. Does nothing when the end was reached. */
  async abandon(): Promise<void> {
    if (!this.#settled) await this.#bill(0, null, true)
  }

  async #complete(
    before: GenerationBatch,
    last: Extract<GenerationEvent, { type: 'end' | 'error' }>,
  ): Promise<GenerationBatch> {
    const error = last.type === 'error' ? last.error : null
    const part = this.#parts.at(-1)
    if (error !== null && part !== undefined) noteFailure(part.entry, error)
    if (error === null) this.#learn?.(this.#outcome.usage)
    if (last.type === 'end' && last.unchecked !== undefined)
      this.#context.pipeline.push(...last.unchecked.map(uncheckedStage))
    const { usage, cost } = await this.#bill(error?.status ?? 200, error?.kind ?? null, false)
    const metadata = this.#order.client.routerMetadata
      ? this.#describe(error === null ? (part?.endpoint ?? null) : null)
      : undefined
    return [...before, last.type === 'end' ? { ...last, usage, cost, metadata } : { ...last, metadata }]
  }

  #bill(status: number, errorKind: string | null, cancelled: boolean) {
    this.#settled = true
    const ending = { parts: this.#parts, status, errorKind, cancelled }
    return this.#settle(this.#order, this.#context, this.#outcome, ending)
  }
}

const uncheckedStage = (what: Unchecked): PipelineStage => ({
  type: 'schema_check',
  name: what,
  summary: `${subjects[what]} could not be held to the schema in full, and passed.`,
})

const subjects: Readonly<Record<Unchecked, string>> = {
  response_format: 'The answer',
  tool_calls: 'The arguments of tool calls',
}

const nothing: Repeated = { prompt: 0, produced: 0 }
