import type { AttemptEntry } from '../../canonical/generation-context.ts'
import type { GenerationRecord } from '../../canonical/generation-record.ts'
import type { FinishedRequest, Happening } from '../../canonical/happening.ts'
import { usd } from '../../canonical/money.ts'
import type { TraceContext } from '../../canonical/trace-context.ts'
import type { GatewayMetrics } from './gateway-metrics.ts'
import type { Exemplar } from './metric.ts'

/** Makes the listener that counts what happens. It costs a few additions for each happening, and waits for nothing. */
export const countHappenings =
  (metrics: GatewayMetrics, now: () => number) =>
  (happening: Happening): void => {
    switch (happening.type) {
      case 'finished':
        return countRequest(metrics, happening.request, now())
      case 'settled':
        return countGeneration(metrics, happening.record, happening.attempts, happening.context.trace, now())
      case 'attempt':
        return countAttempt(metrics, happening.generationId, happening.entry, now())
      case 'refused':
        return metrics.refusedCredentials.add(1, happening.provider)
      case 'configuration':
        return metrics.reloads.add(1, happening.reload.type)
      case 'sharing': {
        const { change } = happening
        if (change.kind === 'connected') {
          metrics.sharing.set(1)
          if (change.dropped > 0) metrics.dropped.add(change.dropped, 'facts')
        } else if (change.kind === 'lost') metrics.sharing.set(0)
        return
      }
      case 'dropped':
        return metrics.dropped.add(happening.count, happening.what)
      case 'failed':
        return metrics.failures.add(1)
      default:
    }
  }

function countRequest(metrics: GatewayMetrics, request: FinishedRequest, at: number): void {
  const { method, route, status, duration, generationId, aborted, trace } = request
  // A client that left has seen no status; 499 is what proxies write of it.
  metrics.requests.add(1, method, route, aborted ? '499' : String(status))
  metrics.requestSeconds.observe(duration / 1000, exemplarOf(generationId, trace, at), method, route)
}

function countGeneration(
  metrics: GatewayMetrics,
  record: GenerationRecord,
  attempts: readonly AttemptEntry[],
  trace: TraceContext | null,
  at: number,
): void {
  const { provider, latency, completionTokens } = record
  // A slug that no endpoint served is a text of the client, which must not become a label.
  const model = record.endpoint === null ? (attempts.at(-1)?.model ?? '') : record.model
  const served = provider ?? ''
  const outcome = record.cancelled ? 'cancelled' : (record.errorKind ?? 'ok')
  metrics.generations.add(1, record.operation, model, served, outcome)
  if (record.responseCacheSourceId !== null) metrics.cacheHits.add(1, model)
  const exemplar = exemplarOf(record.id, trace, at)
  if (provider !== null) {
    metrics.generationSeconds.observe(record.generationTime / 1000, exemplar, model, served)
    if (latency !== null) metrics.firstTokenSeconds.observe(latency / 1000, exemplar, model, served)
    if (completionTokens !== null && completionTokens > 0 && record.generationTime > 0) {
      metrics.throughput.observe((completionTokens / record.generationTime) * 1000, exemplar, model, served)
    }
  }
  for (const [type, field] of tokenTypes) {
    const tokens = record[field]
    if (tokens !== null && tokens > 0) metrics.tokens.add(tokens, model, served, type)
  }
  if (record.cost > 0) metrics.cost.add(usd(record.cost), model, served)
  for (const attempt of record.attempts) {
    if (attempt.cost > 0) metrics.providerCost.add(usd(attempt.cost), attempt.model, attempt.provider)
  }
  for (const fee of record.fees) if (fee.amount > 0) metrics.fees.add(usd(fee.amount), fee.source, fee.engine)
}

const tokenTypes = [
  ['prompt', 'promptTokens'],
  ['completion', 'completionTokens'],
  ['reasoning', 'reasoningTokens'],
  ['cached', 'cachedTokens'],
  ['cache_write', 'cacheWriteTokens'],
] as const

function countAttempt(metrics: GatewayMetrics, generationId: string, entry: AttemptEntry, at: number): void {
  const { provider, model, kind, errorKind, status, latency } = entry
  metrics.attempts.add(1, provider, model, kind, errorKind ?? (status === 0 ? 'abandoned' : 'ok'))
  metrics.attemptSeconds.observe(latency / 1000, exemplarOf(generationId, null, at), provider, model)
}

function exemplarOf(generationId: string | undefined, trace: TraceContext | null, at: number): Exemplar | null {
  if (generationId === undefined) return null
  const traced = trace?.isSampled === true && { trace_id: trace.traceId }
  return { labels: { ...traced, generation_id: generationId }, at }
}
