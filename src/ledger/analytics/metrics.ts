import { usd } from '../../canonical/money.ts'
import type { Measure } from '../../storage/stores/analytics-store.ts'
import { buckets, type Histogram } from '../../storage/stores/usage-details.ts'
import { percentile } from './percentile.ts'

export type Sums = Readonly<Partial<Record<Measure, number>>>

/** A metric of analytics. */
export interface Metric {
  readonly label: string
  readonly format: 'number' | 'currency' | 'percent' | 'latency' | 'throughput'
  /** Whether it is a ratio, and no sum. A ratio of nothing is null. */
  readonly isRate: boolean
  /** What it is computed of. */
  readonly measures: readonly Measure[]
  readonly of: (sums: Sums) => number | null
}

const sum = (label: string, measure: Measure): Metric => ({
  label,
  format: 'number',
  isRate: false,
  measures: [measure],
  of: (sums) => sums[measure] ?? 0,
})

const money = (label: string, measure: Measure): Metric => ({
  ...sum(label, measure),
  format: 'currency',
  of: (sums) => usd(sums[measure] ?? 0),
})

const rate = (
  label: string,
  format: Metric['format'],
  [part, whole]: readonly [Measure, Measure],
  scale = 1,
): Metric => ({
  label,
  format,
  isRate: true,
  measures: [part, whole],
  of: ({ [part]: value = 0, [whole]: of = 0 }) =>
    of === 0 ? null : Number(((value / of) * scale).toPrecision(significantDigits)),
})

const percentileOf = (label: string, histogram: Histogram, part: number): Metric => ({
  label,
  format: 'latency',
  isRate: true,
  measures: buckets[histogram],
  of: (sums) => percentile(histogram, sums, part),
})

const nanoUsd = 1e-9
/** Further ones are those of the arithmetic, as in 0.30000000000000004. */
const significantDigits = 12

/**
 * The metrics of analytics, by name. Those that OpenRouter has come first (contract §8.B). It also has `usage_cache` and `usage_data`: what its
 * caches and its own discounts save is not kept here.
 */
export const metrics = {
  total_usage: money('Usage', 'cost'),
  request_count: sum('Requests', 'requests'),
  tokens_total: {
    label: 'Tokens',
    format: 'number',
    isRate: false,
    measures: ['promptTokens', 'completionTokens'],
    of: ({ promptTokens = 0, completionTokens = 0 }) => promptTokens + completionTokens,
  },
  tokens_prompt: sum('Prompt tokens', 'promptTokens'),
  tokens_completion: sum('Completion tokens', 'completionTokens'),
  reasoning_tokens: sum('Reasoning tokens', 'reasoningTokens'),
  cache_hit_rate: rate('Cache hit rate', 'percent', ['cachedTokens', 'promptTokens']),
  usage_upstream: money('Usage with own provider keys, at the list price', 'byokCost'),
  usage_web: money('Usage of web searches and pages', 'webCost'),
  usage_file: money('Usage of documents', 'fileCost'),
  usage_prompt: money('Usage of prompts', 'promptCost'),
  usage_completion: money('Usage of completions', 'completionCost'),
  usage_other: money('Other usage of models', 'otherCost'),
  usage_tools: money('Usage of plugins and server tools', 'toolCost'),
  cached_tokens: sum('Cached tokens', 'cachedTokens'),
  error_count: sum('Errors', 'failures'),
  error_rate: rate('Error rate', 'percent', ['failures', 'requests']),
  cost_per_request: rate('Cost per request', 'currency', ['cost', 'requests'], nanoUsd),
  throughput: rate('Throughput', 'throughput', ['completionTokens', 'answerTime'], 1000),
  time_to_first_token_avg: rate('Time to first token, mean', 'latency', ['latency', 'latencyRequests']),
  time_to_first_token_p50: percentileOf('Time to first token, median', 'latency', 0.5),
  time_to_first_token_p95: percentileOf('Time to first token, 95th percentile', 'latency', 0.95),
  latency_avg: rate('Latency, mean', 'latency', ['answerTime', 'latencyRequests']),
  latency_p50: percentileOf('Latency, median', 'answerTime', 0.5),
  latency_p95: percentileOf('Latency, 95th percentile', 'answerTime', 0.95),
} as const satisfies Readonly<Record<string, Metric>>

export type MetricName = keyof typeof metrics

export const isMetricName = (name: string): name is MetricName => Object.hasOwn(metrics, name)
