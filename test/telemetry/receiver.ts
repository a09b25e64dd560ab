import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'

/** A request that a receiver got. */
export interface Received {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

/** A server that keeps what it is sent, and answers as it is told. */
export interface Receiver {
  readonly url: string
  readonly received: readonly Received[]
  /** The status of the next answers; null: none at all. */
  status: number | null
  /** Resolves once so many requests have arrived. */
  until(count: number): Promise<readonly Received[]>
  close(): Promise<void>
}

/** Starts a receiver on a port of its own. */
export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = []
  const waiting = new Set<() => void>()
  const open = new Set<ServerResponse>()
  const server = createServer((incoming, outgoing) => void take(incoming, outgoing))
  async function take(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk)
    const { method = '', url = '', headers } = incoming
    received.push({ method, path: url, headers, text: Buffer.concat(chunks).toString('utf8') })
    open.add(outgoing)
    if (receiver.status !== null) outgoing.writeHead(receiver.status).end('{}')
    for (const wake of waiting) wake()
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const receiver: Receiver = {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    received,
    status: 200,
    async until(count) {
      while (received.length < count) {
        await new Promise<void>((resolve) => waiting.add(resolve))
        waiting.clear()
      }
      return received
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  return receiver
}

/** A span as a receiver reads it. */
export interface ReceivedSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string | undefined
  readonly name: string
  readonly kind: number
  readonly start: bigint
  readonly end: bigint
  readonly attributes: Readonly<Record<string, unknown>>
  readonly service: unknown
  readonly status: unknown
}

/** The body of an OTLP request in JSON, as far as the tests read it. */
interface OtlpBody {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly OtlpAttribute[] }
    readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[]
  }[]
}

interface OtlpSpan extends Pick<ReceivedSpan, 'traceId' | 'spanId' | 'name' | 'kind' | 'status'> {
  readonly parentSpanId?: string
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly attributes: readonly OtlpAttribute[]
}

interface OtlpAttribute {
  readonly key: string
  readonly value: OtlpValue
}

type OtlpValue =
  | { readonly stringValue: string }
  | { readonly boolValue: boolean }
  | { readonly doubleValue: number }
  | { readonly intValue: string }
  | { readonly arrayValue: { readonly values: readonly OtlpValue[] } }

/** Reads the spans of OTLP bodies. */
export function spansOf(received: readonly Pick<Received, 'text'>[]): readonly ReceivedSpan[] {
  return received.flatMap(({ text }) => {
    const body: OtlpBody = JSON.parse(text)
    return body.resourceSpans.flatMap(({ resource, scopeSpans }) =>
      scopeSpans.flatMap(({ spans }) =>
        spans.map((span) => ({
          traceId: span.traceId,
          spanId: span.spanId,
          parentSpanId: span.parentSpanId,
          name: span.name,
          kind: span.kind,
          start: BigInt(span.startTimeUnixNano),
          end: BigInt(span.endTimeUnixNano),
          attributes: attributesOf(span.attributes),
          service: attributesOf(resource.attributes)['service.name'],
          status: span.status,
        })),
      ),
    )
  })
}

const attributesOf = (attributes: readonly OtlpAttribute[]): Readonly<Record<string, unknown>> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, valueOf(value)]))

function valueOf(value: OtlpValue): unknown {
  if ('intValue' in value) return Number(value.intValue)
  if ('arrayValue' in value) return value.arrayValue.values.map(valueOf)
  return Object.values(value)[0]
}
