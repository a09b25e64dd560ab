import { GatewayError } from '../../canonical/errors.ts'
import {
  type CallBatch,
  type CallEvent,
  type CallStream,
  type ChoiceEvent,
  errorEvent,
  isContent,
  type Unchecked,
} from '../../canonical/generation-event.ts'
import { addUsage, type Usage } from '../../canonical/usage.ts'

const otherFailed = new Error('Another call for the same answer failed.')

/**
 * Merges several calls into one: call `i` gives choice `i`, usage is added up, there is one end, and the failure of one call is the
 * failure of the whole. Nothing is passed on before every call has content, so that until then the whole can be tried at another
 * endpoint. At most one batch of each call is held.
 *
 * @param open Starts the calls. The signal that it is given ends them all.
 */
export async function* fanOut(open: (signal: AbortSignal) => readonly CallStream[], signal: AbortSignal): CallStream {
  const together = new AbortController()
  const merge = new Merge(open(AbortSignal.any([signal, together.signal])))
  let batch: CallBatch
  try {
    batch = await merge.next()
    while (!merge.ended) {
      if (batch.length > 0) yield batch
      batch = await merge.next()
    }
  } finally {
    together.abort(otherFailed)
  }
  yield batch
}

interface Call {
  readonly choice: number
  readonly batches: AsyncIterator<CallBatch>
  begun: boolean
  usage: Usage | null
}

class Merge {
  /** Whether the batch that `next` returned is the last one. */
  ended = false
  readonly #calls: readonly Call[]
  readonly #arrived: { readonly call: Call; readonly batch: Promise<IteratorResult<CallBatch>> }[] = []
  /** The events that are held until all calls have begun, and the calls that are paused until then. Null afterwards. */
  #held: { readonly events: CallEvent[]; readonly calls: Call[] } | null = { events: [], calls: [] }
  readonly #once = new Set<string>()
  readonly #unchecked = new Set<Unchecked>()
  #serviceTier: string | undefined
  #wake: (() => void) | null = null

  constructor(calls: readonly CallStream[]) {
    this.#calls = calls.map((call, choice) => ({
      choice,
      batches: call[Symbol.asyncIterator](),
      begun: false,
      usage: null,
    }))
    for (const call of this.#calls) this.#readNext(call)
  }

  /** Returns the events of the next call that sends some. Empty while they must wait for the other calls. */
  async next(): Promise<CallBatch> {
    const { call, batch } = await this.#arrival()
    const { value } = await batch
    const events = this.#held?.events ?? []
    for (const event of value ?? [missingEnd]) {
      if (event.type === 'error') {
        this.ended = true
        // The events that were held are dropped, so that the whole can be tried at another endpoint.
        return this.#held === null
          ? [...events, event]
          : [...events.filter(({ type }) => type === 'upstream-request'), ...this.#used(), event]
      }
      this.#translate(event, call, events)
    }
    if (this.#calls.every(({ usage }) => usage !== null)) {
      this.ended = true
      return [...events, ...this.#end()]
    }
    return this.#continue(call, events)
  }

  #continue(call: Call, events: readonly CallEvent[]): CallBatch {
    const held = this.#held
    if (held !== null && call.begun) held.calls.push(call)
    else if (call.usage === null) this.#readNext(call)
    if (held === null) return events
    if (!this.#calls.every(({ begun }) => begun)) return []
    this.#held = null
    for (const waiting of held.calls) if (waiting.usage === null) this.#readNext(waiting)
    return events
  }

  #translate(event: Exclude<CallEvent, { type: 'error' }>, call: Call, events: CallEvent[]): void {
    switch (event.type) {
      // These are about the answer as a whole, so that of one call is enough.
      case 'start':
      case 'upstream-request':
        if (!this.#once.has(event.type)) events.push(event)
        this.#once.add(event.type)
        break
      case 'usage':
        this.#serviceTier = event.serviceTier ?? this.#serviceTier
        break
      case 'call-end':
        call.begun = true
        call.usage = event.usage
        for (const what of event.unchecked ?? []) this.#unchecked.add(what)
        break
      case 'item':
        call.begun = true
        events.push(event)
        break
      case 'alive':
      case 'committed':
      case 'vendor-fields':
        break
      default:
        call.begun ||= isContent(event)
        events.push(withChoice(event, call.choice))
    }
  }

  /** Reports what the calls used that were complete before another one failed: the provider charges for it. */
  #used(): readonly CallEvent[] {
    const usages = this.#calls.flatMap(({ usage }) => usage ?? [])
    return usages.length === 0 ? [] : [{ type: 'usage', usage: usages.reduce(addUsage) }]
  }

  /** Reports usage only where every call reported it: a part of the usage would look like all of it. */
  #end(): CallBatch {
    const usages = this.#calls.map(({ usage }) => usage ?? {})
    const known = usages.every(({ promptTokens, completionTokens }) => (promptTokens ?? completionTokens) !== undefined)
    const usage = known ? usages.reduce(addUsage) : {}
    const unchecked = this.#unchecked.size > 0 ? { unchecked: [...this.#unchecked] } : {}
    const end: CallEvent = { type: 'call-end', usage, ...unchecked }
    return known ? [{ type: 'usage', usage, serviceTier: this.#serviceTier }, end] : [end]
  }

  #readNext(call: Call): void {
    const batch = call.batches.next()
    const arrive = (): void => {
      this.#arrived.push({ call, batch })
      this.#wake?.()
    }
    batch.then(arrive, arrive)
  }

  async #arrival() {
    for (;;) {
      const arrival = this.#arrived.shift()
      if (arrival !== undefined) return arrival
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }
}

/** The last event of a call that closed without one. */
const missingEnd = errorEvent(new GatewayError('provider_unavailable'), 'next-endpoint')

const withChoice = (event: ChoiceEvent, choice: number): CallEvent => ({ ...event, choice })
