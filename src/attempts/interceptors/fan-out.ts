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

type Batches = CallStream

const givenUp = new Error('Another call for the same answer failed.')

/**
 * Several calls that make one answer, as one call: what call `i` says is choice `i`, usage adds up, there is one end, and a failure is
 * the failure of all. Nothing is handed out before every call has something to show, so that until then the whole can be tried
 * elsewhere. At most one batch of each call is held.
 *
 * @param open Starts the calls; none of them outlives the signal it is given.
 */
export async function* fanOut(open: (signal: AbortSignal) => readonly Batches[], signal: AbortSignal): Batches {
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
    together.abort(givenUp)
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
  /** Whether the batch handed out last is the last. */
  ended = false
  readonly #calls: readonly Call[]
  readonly #arrived: { readonly call: Call; readonly batch: Promise<IteratorResult<CallBatch>> }[] = []
  /** Until all calls have begun: what was said, and who waits to go on. */
  #held: { readonly events: CallEvent[]; readonly calls: Call[] } | null = { events: [], calls: [] }
  readonly #once = new Set<string>()
  readonly #unchecked = new Set<Unchecked>()
  #serviceTier: string | undefined
  #wake: (() => void) | null = null

  constructor(calls: readonly Batches[]) {
    this.#calls = calls.map((call, choice) => ({
      choice,
      batches: call[Symbol.asyncIterator](),
      begun: false,
      usage: null,
    }))
    for (const call of this.#calls) this.#ask(call)
  }

  /** What the next call to say something said; empty while that must wait for others. */
  async next(): Promise<CallBatch> {
    const { call, batch } = await this.#arrival()
    const { value } = await batch
    const events = this.#held?.events ?? []
    for (const event of value ?? [unended]) {
      if (event.type === 'error') {
        this.ended = true
        // What was held back is as good as never said, so that the whole can be tried elsewhere.
        return [...(this.#held === null ? events : events.filter(({ type }) => type === 'upstream-request')), event]
      }
      this.#translate(event, call, events)
    }
    if (this.#calls.every(({ usage }) => usage !== null)) {
      this.ended = true
      return [...events, ...this.#end()]
    }
    return this.#goOn(call, events)
  }

  #goOn(call: Call, events: readonly CallEvent[]): CallBatch {
    const held = this.#held
    if (held !== null && call.begun) held.calls.push(call)
    else if (call.usage === null) this.#ask(call)
    if (held === null) return events
    if (!this.#calls.every(({ begun }) => begun)) return []
    this.#held = null
    for (const waiting of held.calls) if (waiting.usage === null) this.#ask(waiting)
    return events
  }

  #translate(event: Exclude<CallEvent, { type: 'error' }>, call: Call, events: CallEvent[]): void {
    switch (event.type) {
      // Of what is said about a whole answer the first is as good as any.
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
      case 'alive':
      case 'committed':
        break
      default:
        call.begun ||= isContent(event)
        events.push(withChoice(event, call.choice))
    }
  }

  /** Usage is known only where every call told it: a part would pass for the whole. */
  #end(): CallBatch {
    const usages = this.#calls.map(({ usage }) => usage ?? {})
    const known = usages.every(({ promptTokens, completionTokens }) => (promptTokens ?? completionTokens) !== undefined)
    const usage = known ? usages.reduce(addUsage) : {}
    const unchecked = this.#unchecked.size > 0 ? { unchecked: [...this.#unchecked] } : {}
    const end: CallEvent = { type: 'call-end', usage, ...unchecked }
    return known ? [{ type: 'usage', usage, serviceTier: this.#serviceTier }, end] : [end]
  }

  #ask(call: Call): void {
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

/** What stands for the ending of a call that closed without one. */
const unended = errorEvent(new GatewayError('provider_unavailable'), 'next-endpoint')

const withChoice = (event: ChoiceEvent, choice: number): CallEvent => ({ ...event, choice })
