import type { Attributes, AttributeValue, Span } from './span.ts'

/** Where spans come from. */
export interface Resource {
  readonly attributes: Attributes
  /** The name of the instrumentation. */
  readonly scope: string
  /** The address of the conventions that the names of attributes follow. */
  readonly schemaUrl?: string
}

const kinds = { internal: 1, server: 2, client: 3 } as const

/**
 * Encodes spans as the body of an OTLP request: `ExportTraceServiceRequest` in JSON. Ids are hexadecimal, and whole numbers of 64 bits are
 * texts. Source: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */
export const encodeSpans = (spans: readonly Span[], { attributes, scope, schemaUrl }: Resource): object => ({
  resourceSpans:
    spans.length === 0
      ? []
      : [
          {
            resource: { attributes: encodeAttributes(attributes) },
            scopeSpans: [
              { scope: { name: scope }, spans: spans.map(encodeSpan), ...(schemaUrl !== undefined && { schemaUrl }) },
            ],
          },
        ],
})

const encodeSpan = (span: Span): object => ({
  traceId: span.traceId,
  spanId: span.spanId,
  ...(span.parentSpanId !== null && { parentSpanId: span.parentSpanId }),
  ...(span.traceState !== undefined && { traceState: span.traceState }),
  name: span.name,
  kind: kinds[span.kind],
  startTimeUnixNano: nanoseconds(span.start),
  endTimeUnixNano: nanoseconds(Math.max(span.start, span.end)),
  attributes: encodeAttributes(span.attributes),
  ...(span.events !== undefined && {
    events: span.events.map(({ name, at }) => ({ name, timeUnixNano: nanoseconds(at), attributes: [] })),
  }),
  status: span.error === null ? {} : { code: 2, message: span.error },
})

/** Lists of pairs would cost as much again, for some thirty attributes of each span. */
function encodeAttributes(attributes: Attributes): readonly object[] {
  const encoded: object[] = []
  for (const key of Object.keys(attributes)) {
    const value = attributes[key]
    if (value !== null && value !== undefined) encoded.push({ key, value: encodeValue(value) })
  }
  return encoded
}

function encodeValue(value: NonNullable<AttributeValue>): object {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  // A larger number is written with an exponent, which no whole number of 64 bits may be.
  if (typeof value === 'number') {
    return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value }
  }
  return { arrayValue: { values: value.map((stringValue) => ({ stringValue })) } }
}

/** A number holds the nanoseconds of today only in steps of 256, so that microseconds are kept. */
const nanoseconds = (milliseconds: number): string => `${BigInt(Math.round(milliseconds * 1000))}000`
