import type { IncomingHttpHeaders } from 'node:http'
import type { TraceContext } from '../../canonical/trace-context.ts'
import type { Hook } from '../exchange.ts'

/** Begins the trace of a request, or continues that of its caller. Null where it is not traced. */
export type BeginTrace = (headers: IncomingHttpHeaders) => TraceContext | null

/** Gives a request its place in the trace that its headers name, or in a new one. */
export const followTrace =
  (begin: BeginTrace): Hook =>
  (exchange) => {
    exchange.trace = begin(exchange.incoming.headers)
  }
