import { GatewayError } from '../canonical/errors.ts'
import type { GenerationContext } from '../canonical/generation-context.ts'
import { type GenerationBatch, goesOn, isAnswer, type TurnBatch } from '../canonical/generation-event.ts'
import { describeRoute } from '../canonical/describe-route.ts'
import type { RouterMetadata } from '../canonical/router-metadata.ts'
import type { Bill } from './bill.ts'
import type { RecordedRequest } from './recorded-request.ts'
import type { Ending, Settle } from './settle.ts'

const nothing = (): void => {}

/** The settlement of one generation. It settles exactly once, and puts usage, cost and metadata on the last event. */
export class Settlement {
  readonly #settle: Settle
  readonly #request: RecordedRequest
  readonly #context: GenerationContext
  #settled = false

  constructor(settle: Settle, request: RecordedRequest, context: GenerationContext) {
    this.#settle = settle
    this.#request = request
    this.#context = context
    if (context.depth === 0) context.onBilled = () => settle.underway(request, context)
  }

  /** Returns the batch to pass on. The last batch is returned once the generation is settled. */
  pass(batch: TurnBatch): GenerationBatch | Promise<GenerationBatch> {
    return goesOn(batch) ? batch : this.#end(batch)
  }

  /** Settles a generation whose reader left. Does nothing when the generation has ended. */
  async abandon(): Promise<void> {
    if (this.#settled) return
    // Where the journal cannot be written, it keeps the record and reports that itself, and nobody is left to be told.
    await this.#record({ status: 0, error: null, cancelled: true }).catch(nothing)
  }

  async #end(batch: TurnBatch): Promise<GenerationBatch> {
    const before = batch.filter(isAnswer)
    const last = batch.at(-1)
    // A call that broke off because the client left did not fail.
    if (last?.type === 'error' && this.#context.signal.aborted) {
      await this.abandon()
      return [...before, last]
    }
    try {
      if (last?.type !== 'error') {
        const { usage, cost } = await this.#record({ status: 200, error: null, cancelled: false })
        return [...before, { type: 'end', usage, cost, metadata: this.#metadata(true) }]
      }
      const { error } = last
      await this.#record({ status: error.status, error, cancelled: false })
      return [...before, { ...last, metadata: this.#metadata(false) }]
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error
      // The reply does not end as if all were well, because a crash would now lose its record.
      return [...before, { type: 'error', error, retry: { scope: 'never' }, metadata: this.#metadata(false) }]
    }
  }

  #record(ending: Ending): Promise<Bill> {
    this.#settled = true
    this.#context.onBilled = nothing
    return this.#settle.ended(this.#request, this.#context, ending)
  }

  #metadata(answered: boolean): RouterMetadata | undefined {
    // An answer from the cache was not routed (contract §3.5).
    if (this.#context.cache?.status === 'HIT') return undefined
    return this.#request.client.routerMetadata ? describeRoute(this.#context, answered) : undefined
  }
}
