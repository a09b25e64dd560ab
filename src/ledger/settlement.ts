import type { GenerationContext } from '../canonical/generation-context.ts'
import { type GenerationBatch, goesOn, isAnswer, type TurnBatch } from '../canonical/generation-event.ts'
import { describeRoute } from '../canonical/describe-route.ts'
import type { RouterMetadata } from '../canonical/router-metadata.ts'
import type { RecordedRequest } from './recorded-request.ts'
import type { Settle } from './settle.ts'

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
  }

  /** Returns the batch to pass on. The last batch is returned once the generation is settled. */
  pass(batch: TurnBatch): GenerationBatch | Promise<GenerationBatch> {
    return goesOn(batch) ? batch : this.#end(batch)
  }

  /** Settles a generation whose reader left. Does nothing when the generation has ended. */
  async abandon(): Promise<void> {
    if (this.#settled) return
    this.#settled = true
    await this.#settle(this.#request, this.#context, { status: 0, errorKind: null, cancelled: true })
  }

  async #end(batch: TurnBatch): Promise<GenerationBatch> {
    const before = batch.filter(isAnswer)
    const last = batch.at(-1)
    if (last?.type !== 'error') {
      const { usage, cost } = await this.#complete(200, null)
      return [...before, { type: 'end', usage, cost, metadata: this.#metadata(true) }]
    }
    // A call that broke off because the client left did not fail.
    if (this.#context.signal.aborted) {
      await this.abandon()
      return [...before, last]
    }
    await this.#complete(last.error.status, last.error.kind)
    return [...before, { ...last, metadata: this.#metadata(false) }]
  }

  #complete(status: number, errorKind: string | null): ReturnType<Settle> {
    this.#settled = true
    return this.#settle(this.#request, this.#context, { status, errorKind, cancelled: false })
  }

  #metadata(answered: boolean): RouterMetadata | undefined {
    // An answer from the cache was not routed (contract §3.5).
    if (this.#context.cache?.status === 'HIT') return undefined
    return this.#request.client.routerMetadata ? describeRoute(this.#context, answered) : undefined
  }
}
