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

/** Reads the spans of OTLP bodies. */
export function spansOf(received: readonly Received[]): readonly ReceivedSpan[] {
  return received.flatMap(({ text }) =>
    list(JSON.parse(text).resourceSpans).flatMap(({ resource, scopeSpans }) =>
      list(scopeSpans).flatMap(({ spans }) =>
        list(spans).map((span) => ({
          traceId: span['traceId'],
          spanId: span['spanId'],
          parentSpanId: span['parentSpanId'],
          name: span['name'],
          kind: span['kind'],
          start: BigInt(span['startTimeUnixNano']),
          end: BigInt(span['endTimeUnixNano']),
          attributes: attributesOf(span['attributes']),
          service: attributesOf(resource['attributes'])['service.name'],
          status: span['status'],
        })),
      ),
    ),
  )
}

// oxlint-disable-next-line typescript/no-explicit-any -- a body of unknown shape, which the tests compare
const list = (value: any): any[] => value

const attributesOf = (attributes: unknown): Readonly<Record<string, unknown>> =>
  Object.fromEntries(list(attributes).map(({ key, value }) => [key, valueOf(value)]))

// oxlint-disable-next-line typescript/no-explicit-any -- as above
function valueOf(value: any): unknown {
  if ('intValue' in value) return Number(value.intValue)
  if ('arrayValue' in value) return value.arrayValue.values.map(valueOf)
  return Object.values(value)[0]
}
