import type { AttemptEntry, GenerationContext, Step } from '../../canonical/generation-context.ts'
import type { GenerationRecord } from '../../canonical/generation-record.ts'
import type { FinishedRequest } from '../../canonical/happening.ts'
import { usd } from '../../canonical/money.ts'
import type { TraceContext } from '../../canonical/trace-context.ts'
import { spanId } from '../../util/ids.ts'
import { executeTool, genAi, operationNames } from '../otlp/gen-ai-names.ts'
import type { Span } from '../otlp/span.ts'

/** A generation that ended: its record, and the context with what was done for it. */
export interface TracedGeneration {
  readonly record: GenerationRecord
  readonly context: GenerationContext
}

/**
 * Returns the spans of a request: of the request itself, of its generation, of the plugins and tools that ran for it, and of each call to an
 * endpoint. None of them holds a text of a prompt, an answer, a tool or a header.
 * @param endedAt Unix milliseconds.
 */
export function spansOfRequest(
  request: FinishedRequest,
  trace: TraceContext,
  generation: TracedGeneration | undefined,
  endedAt: number,
): readonly Span[] {
  const { method, route, status, duration, requestId, generationId, aborted } = request
  const kind = generation?.record.errorKind ?? request.error
  const server: Span = {
    ...placeOf(trace, trace.spanId, trace.parentSpanId),
    name: `${method} ${route}`,
    kind: 'server',
    start: endedAt - duration,
    end: endedAt,
    attributes: {
      'http.request.method': method,
      'http.route': route,
      'http.response.status_code': aborted ? null : status,
      'error.type': kind,
      'waygate.request_id': requestId,
      'waygate.generation_id': generationId,
      'waygate.client_left': aborted || null,
    },
    // A fault of the client is none of the server (semantic conventions for HTTP).
    error: status >= 500 ? (kind ?? `status ${status}`) : null,
  }
  return generation === undefined ? [server] : [server, ...spansOfGeneration(trace, generation)]
}

const placeOf = ({ traceId, state }: TraceContext, ownSpan: string, parentSpanId: string | null) => ({
  traceId,
  spanId: ownSpan,
  parentSpanId,
  ...(state !== undefined && { traceState: state }),
})

function spansOfGeneration(trace: TraceContext, { record, context }: TracedGeneration): readonly Span[] {
  const root = spanId()
  const at = (monotonic: number): number => context.createdAt + (monotonic - context.startedAt)
  const end = context.createdAt + record.generationTime
  const operation = operationNames[record.operation] ?? record.operation
  const generation: Span = {
    ...placeOf(trace, root, trace.spanId),
    name: `${operation} ${record.model}`,
    kind: 'internal',
    start: context.createdAt,
    end,
    attributes: {
      [genAi.operation]: operation,
      [genAi.provider]: record.provider,
      [genAi.requestModel]: record.requestedModel,
      [genAi.responseModel]: record.model,
      [genAi.responseId]: record.id,
      [genAi.finishReasons]: record.finishReason === null ? null : [record.finishReason],
      [genAi.inputTokens]: record.promptTokens,
      [genAi.outputTokens]: record.completionTokens,
      [genAi.cacheReadTokens]: record.cachedTokens,
      [genAi.cacheCreationTokens]: record.cacheWriteTokens,
      [genAi.reasoningTokens]: record.reasoningTokens,
      [genAi.conversation]: record.sessionId,
      'error.type': record.errorKind,
      'waygate.endpoint': record.endpoint,
      'waygate.account': record.account,
      'waygate.key': context.principal.keyName,
      'waygate.streamed': record.streamed,
      'waygate.cancelled': record.cancelled,
      'waygate.cost_usd': usd(record.cost),
      'waygate.attempts': record.attempts.length,
      'waygate.response_cache_source': record.responseCacheSourceId,
    },
    events: record.latency === null ? [] : [{ name: 'first token', at: context.createdAt + record.latency }],
    error: record.errorKind,
  }
  return [generation, ...inside(trace, context, root)]

  /** Returns the spans of what was done in a generation, and in those that its tools made. */
  function inside(
    trace: TraceContext,
    { steps, attempts, children }: GenerationContext,
    parent: string,
  ): readonly Span[] {
    const done = steps.map((step) => ({ step, id: spanId() }))
    return [
      ...done.map(({ step, id }) => spanOfStep(step, placeOf(trace, id, parent))),
      ...attempts.map((entry) => spanOfAttempt(entry, placeOf(trace, entry.spanId ?? spanId(), parent))),
      ...children.flatMap((child) => {
        // A tool may run several times: the run in which the child began is the one that made it.
        const begunAt = child.attempts[0]?.startedAt ?? child.startedAt
        const maker = done.find(({ step }) => step.name === child.tool && isWithin(begunAt, step))
        return inside(trace, child, maker?.id ?? parent)
      }),
    ]
  }

  function spanOfStep({ type, name, startedAt, endedAt, failed }: Step, place: ReturnType<typeof placeOf>): Span {
    return {
      ...place,
      name: type === 'tool' ? `${executeTool} ${name}` : `plugin ${name}`,
      kind: 'internal',
      start: at(startedAt),
      end: at(endedAt),
      attributes: type === 'tool' ? { [genAi.operation]: executeTool, [genAi.tool]: name } : { 'waygate.plugin': name },
      error: failed ? `the ${type} failed` : null,
    }
  }

  function spanOfAttempt(entry: AttemptEntry, place: ReturnType<typeof placeOf>): Span {
    const { startedAt, latency, endedAt, errorKind, upstreamStatus, status } = entry
    const answered = startedAt + latency
    return {
      ...place,
      name: `${operation} ${entry.model}`,
      kind: 'client',
      start: at(startedAt),
      end: at(Math.max(answered, endedAt ?? answered)),
      attributes: {
        [genAi.operation]: operation,
        [genAi.provider]: entry.provider,
        [genAi.requestModel]: entry.model,
        'http.response.status_code': upstreamStatus ?? (status === 0 ? null : status),
        'error.type': errorKind,
        'waygate.endpoint': entry.endpoint,
        'waygate.attempt.kind': entry.kind,
        'waygate.attempt.number': entry.attempt,
        'waygate.byok': entry.isByok,
        'waygate.provider_cost_usd': usd(entry.cost),
      },
      events: errorKind === null && status === 200 ? [{ name: 'first content', at: at(answered) }] : [],
      error: errorKind === 'cancelled' ? null : errorKind,
    }
  }
}

const isWithin = (moment: number, { startedAt, endedAt }: Step): boolean => moment >= startedAt && moment <= endedAt
