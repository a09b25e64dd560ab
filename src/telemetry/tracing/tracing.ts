import type { IncomingHttpHeaders } from 'node:http'
import { isDeepStrictEqual } from 'node:util'
import type { Happening, Happenings } from '../../canonical/happening.ts'
import type { OutgoingRequest, SendRequest } from '../../canonical/outgoing-request.ts'
import { readTraceparent, type TraceContext } from '../../canonical/trace-context.ts'
import type { Clock } from '../../util/clock.ts'
import { spanId, traceId } from '../../util/ids.ts'
import { DeliveryQueue } from '../delivery-queue.ts'
import type { Room } from '../delivery-room.ts'
import { isChosen } from '../is-chosen.ts'
import { encodeSpans } from '../otlp/encode-spans.ts'
import { genAiVersion } from '../otlp/gen-ai-names.ts'
import type { Span } from '../otlp/span.ts'
import { SettledGenerations } from '../settled-generations.ts'
import { spansOfRequest, type TracedGeneration } from './spans-of-request.ts'

/** Where the traces of the gateway are sent, and which. */
export interface TracingSettings {
  /** The address for traces, with its path. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** The share of the traces that begin here, 0 to 1. Of others the caller decides. */
  readonly samplingRate: number
  /** Whether upstreams are told of the trace. */
  readonly propagate: boolean
  readonly serviceName: string
}

const perRequest = 200
/** About what one span takes. */
const spanBytes = 3_000

/** The traces of one gateway. While they are off, nothing is subscribed to. Spans are made after the reply. */
export class Tracing {
  readonly #happenings: Happenings
  readonly #clock: Clock
  readonly #send: SendRequest
  readonly #room: Room
  readonly #onLoss: (message: string) => void
  #settings: TracingSettings | null = null
  #queue: DeliveryQueue<Span> | null = null
  #unsubscribe = (): void => {}
  readonly #settled = new SettledGenerations<TracedGeneration>()

  constructor(dependencies: {
    readonly happenings: Happenings
    readonly clock: Clock
    readonly send: SendRequest
    readonly room: Room
    /** Called every ten seconds at most, with what is dropped. */
    readonly onLoss: (message: string) => void
  }) {
    this.#happenings = dependencies.happenings
    this.#clock = dependencies.clock
    this.#send = dependencies.send
    this.#room = dependencies.room
    this.#onLoss = dependencies.onLoss
  }

  /** Puts other settings in use; null switches traces off. What was collected under the ones before is sent as they say. */
  apply(settings: TracingSettings | null): void {
    if (isDeepStrictEqual(settings, this.#settings)) return
    void this.#queue?.close()
    this.#unsubscribe()
    if (settings === null) this.#settled.clear()
    this.#settings = settings
    this.#queue = settings === null ? null : this.#open(settings)
    this.#unsubscribe = settings === null ? () => {} : this.#happenings.subscribe((happening) => this.#note(happening))
  }

  /** How many spans wait to be sent. */
  get waiting(): number {
    return this.#queue?.waiting ?? 0
  }

  /** Sends what waits, for a short time. */
  async close(): Promise<void> {
    this.#unsubscribe()
    await this.#queue?.close()
  }

  #open({ url, headers, serviceName }: TracingSettings): DeliveryQueue<Span> {
    const schemaUrl = `https://opentelemetry.io/schemas/${genAiVersion}`
    const resource = { attributes: { 'service.name': serviceName }, scope: 'waygate', schemaUrl }
    const encode = (spans: readonly Span[]): OutgoingRequest => ({
      method: 'POST',
      url,
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(encodeSpans(spans, resource)),
    })
    return new DeliveryQueue({
      perRequest,
      room: this.#room,
      send: this.#send,
      encode,
      onDrop: (count) => this.#happenings.publish({ type: 'dropped', what: 'spans', count }),
      report: (count, reason) => this.#onLoss(`${count} spans are dropped: ${reason} (telemetry.otlp).`),
    })
  }

  #note(happening: Happening): void {
    if (happening.type === 'settled') {
      const { record, context } = happening
      if (context.trace?.isSampled === true) this.#settled.note(record.id, { record, context })
      return
    }
    if (happening.type !== 'finished') return
    const { request } = happening
    if (request.trace?.isSampled !== true) return
    const generation = this.#settled.take(request)
    for (const span of spansOfRequest(request, request.trace, generation, this.#clock.now())) {
      this.#queue?.add(span, spanBytes)
    }
  }
}

/** Makes the function that begins the trace of a request, or continues that of its caller. */
export const beginTrace =
  ({ samplingRate, propagate }: TracingSettings) =>
  ({ traceparent, tracestate }: IncomingHttpHeaders): TraceContext | null => {
    const parent = readTraceparent(traceparent, tracestate)
    const id = parent?.traceId ?? traceId()
    const isSampled = parent?.isSampled ?? isChosen(id, samplingRate)
    // Whoever is told of a trace should be told of it whole, or that it is not recorded.
    if (!isSampled && !propagate) return null
    return {
      traceId: id,
      spanId: spanId(),
      parentSpanId: parent?.spanId ?? null,
      state: parent?.state,
      isSampled,
      isPropagated: propagate,
    }
  }
