import { SpanKind, SpanStatusCode, TraceFlags } from '@opentelemetry/api'
import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer'
import { expect, test } from 'vitest'
import { encodeSpans } from '../../src/telemetry/otlp/encode-spans.ts'
import type { Span } from '../../src/telemetry/otlp/span.ts'

type ReadableSpan = Parameters<typeof JsonTraceSerializer.serializeRequest>[0][number]

const spans: readonly Span[] = [
  {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    parentSpanId: '00f067aa0ba902b7',
    name: 'POST /api/v1/chat/completions',
    kind: 'server',
    start: 1_790_000_000_123.5,
    end: 1_790_000_001_000,
    attributes: { text: 'ü "quoted"', whole: 42, part: 0.25, yes: true, words: ['a', 'b'], none: null },
    events: [{ name: 'first token', at: 1_790_000_000_500 }],
    error: null,
  },
  {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203332',
    parentSpanId: 'b7ad6b7169203331',
    name: 'chat m1',
    kind: 'client',
    start: 1_790_000_000_200,
    end: 1_790_000_000_900,
    attributes: {},
    events: [],
    error: 'provider_overloaded',
  },
]

const kinds = { internal: SpanKind.INTERNAL, server: SpanKind.SERVER, client: SpanKind.CLIENT }
const time = (ms: number): [number, number] => [Math.floor(ms / 1000), Math.round((ms % 1000) * 1e6)]
const resource = { attributes: { 'service.name': 'waygate' }, getRawAttributes: () => [], merge: () => resource }
const context = ({ traceId, spanId }: { readonly traceId: string; readonly spanId: string }) => ({
  traceId,
  spanId,
  traceFlags: TraceFlags.SAMPLED,
})

/** The same spans as OpenTelemetry's own library holds them. */
const official = spans.map((span): ReadableSpan => ({
  name: span.name,
  kind: kinds[span.kind],
  spanContext: () => context(span),
  parentSpanContext: { ...context(span), spanId: span.parentSpanId ?? '' },
  startTime: time(span.start),
  endTime: time(span.end),
  status: span.error === null ? { code: SpanStatusCode.UNSET } : { code: SpanStatusCode.ERROR, message: span.error },
  attributes: Object.fromEntries(
    Object.entries(span.attributes).flatMap(([key, value]) =>
      value === null || value === undefined ? [] : [[key, typeof value === 'object' ? [...value] : value]],
    ),
  ),
  links: [],
  events: (span.events ?? []).map(({ name, at }) => ({ name, time: time(at), attributes: {} })),
  duration: [0, 0],
  ended: true,
  resource,
  instrumentationScope: { name: 'waygate' },
  droppedAttributesCount: 0,
  droppedEventsCount: 0,
  droppedLinksCount: 0,
}))

/** What the official library adds although it means nothing: counts of nothing, the flags of what is sent. */
const empty = new Set(['droppedAttributesCount', 'droppedEventsCount', 'droppedLinksCount', 'flags', 'links'])
const meaning = (json: string): unknown =>
  JSON.parse(json, (name, value: unknown) => {
    if (empty.has(name)) return undefined
    // A whole number is a number or a text, which the mapping of protobuf to JSON takes as the same.
    if (name === 'intValue') return Number(value)
    return name === 'status' && typeof value === 'object' && value !== null && 'code' in value && value.code === 0
      ? {}
      : value
  })

test('OTLP is encoded as OpenTelemetry’s own library encodes it', () => {
  const theirs = new TextDecoder().decode(JsonTraceSerializer.serializeRequest(official))
  const ours = JSON.stringify(encodeSpans(spans, { attributes: { 'service.name': 'waygate' }, scope: 'waygate' }))
  expect(meaning(ours)).toEqual(meaning(theirs))
})

test('a request without spans is an empty one', () => {
  expect(encodeSpans([], { attributes: {}, scope: 'waygate' })).toEqual({ resourceSpans: [] })
})

test('a number that is no whole number of 64 bits is a double, whoever wrote it', () => {
  const [span] = spans
  if (span === undefined) throw new Error('There is a span.')
  const odd = { ...span, attributes: { whole: 9_007_199_254_740_991, huge: 1e30, none: null } }
  expect(encodeSpans([odd], { attributes: {}, scope: 'waygate' })).toMatchObject({
    resourceSpans: [
      {
        scopeSpans: [
          {
            spans: [
              {
                attributes: [
                  { key: 'whole', value: { intValue: '9007199254740991' } },
                  { key: 'huge', value: { doubleValue: 1e30 } },
                ],
              },
            ],
          },
        ],
      },
    ],
  })
})
