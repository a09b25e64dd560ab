import { fullMatch } from '../util/pattern.ts'

/** The place of a request in a distributed trace. Source: https://www.w3.org/TR/trace-context/ */
export interface TraceContext {
  /** 32 hexadecimal digits. */
  readonly traceId: string
  /** The span of the request here: 16 hexadecimal digits. */
  readonly spanId: string
  /** The span of the caller; null where the trace begins here. */
  readonly parentSpanId: string | null
  /** What other tracing systems keep along the way, as it came. */
  readonly state: string | undefined
  readonly isSampled: boolean
  /** Whether upstreams are told of the trace. */
  readonly isPropagated: boolean
}

/** The span of the caller, as its headers name it. */
export type ParentSpan = Pick<TraceContext, 'traceId' | 'spanId' | 'state' | 'isSampled'>

/** A later version may have more fields behind the four. Version ff is invalid. */
const traceparent = /^(?!ff)([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/
const zeros = /^0+$/
/** Vendors may keep that much. More of it is dropped, as the standard allows. */
const longestState = 512

/** Reads the headers `traceparent` and `tracestate`. Null where there is no valid parent: then the trace begins here. */
export function readTraceparent(parent: unknown, state: unknown): ParentSpan | null {
  const [, version, traceId = '', spanId = '', flags = '', more] =
    (typeof parent === 'string' ? fullMatch(traceparent, parent) : null) ?? []
  if (version === undefined || (version === '00' && more !== undefined)) return null
  if (zeros.test(traceId) || zeros.test(spanId)) return null
  const isUsable = typeof state === 'string' && state.length <= longestState && /^[\x20-\x7e]*$/.test(state)
  return { traceId, spanId, state: isUsable ? state : undefined, isSampled: (parseInt(flags, 16) & 1) === 1 }
}

/** Returns the headers that tell an upstream of the trace, whose parent there is this span. */
export const traceHeaders = (
  { traceId, state, isSampled }: TraceContext,
  spanId: string,
): Readonly<Record<string, string>> => ({
  traceparent: `00-${traceId}-${spanId}-${isSampled ? '01' : '00'}`,
  ...(state !== undefined && state !== '' && { tracestate: state }),
})
