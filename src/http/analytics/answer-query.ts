import type { AnalyticsAnswer, AnalyticsQuestion } from '../../ledger/analytics/analytics.ts'
import { isMetricName, type MetricName } from '../../ledger/analytics/metrics.ts'
import type { AnalyticsCondition } from '../../storage/stores/analytics-store.ts'
import { parseUtcTime } from '../../util/parse-utc-time.ts'
import { fullMatch } from '../../util/pattern.ts'
import { type DimensionName, dimensions, isDimension } from './dimensions.ts'
import { type AnalyticsQueryBody, AnalyticsQuerySchema } from './query-body.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const usualMs = 30 * 24 * hourMs

const mostWarnings = 20

type Filter = NonNullable<AnalyticsQueryBody['filters']>[number]

/** A row of the reply. */
export type AnalyticsRow = Readonly<Record<string, string | number | null>>

/** A query in the words of the ledger. */
export interface ReadQuery {
  readonly question: AnalyticsQuestion
  /** Whether a filter of the workspace leaves nothing. */
  readonly isEmpty: boolean
  readonly warnings: readonly string[]
}

/** Turns the body of a query into a question. @param knows Tells whether the account has or had a key with this hash. */
export function readQuery(
  body: AnalyticsQueryBody,
  account: string,
  now: number,
  knows: (keyHash: string) => boolean,
): ReadQuery {
  const { granularity = null, order_by: order } = body
  const unit = granularity === 'minute' ? minuteMs : hourMs
  const asked = rangeOf(body, now)
  const [since, until] = [asked.since - (asked.since % unit), Math.ceil(asked.until / unit) * unit]
  const isWidened = body.time_range && (since !== asked.since || until !== asked.until)
  const filters = body.filters ?? []
  const unknown = filters
    .filter(({ field }) => field === 'api_key_id')
    .flatMap(textsOf)
    .filter((hash) => !knows(hash))
  return {
    question: {
      account,
      since,
      until,
      granularity,
      metrics: [...new Set([...body.metrics, ...(order?.field === 'request_count' ? [order.field] : [])])].filter(
        isMetricName,
      ),
      dimensions: (body.dimensions ?? []).map((name) => dimensions[name].kept).filter((kept) => kept !== null),
      conditions: filters.flatMap(conditionOf),
    },
    isEmpty: filters.some((filter) => filter.field === 'workspace' && !isMetBy(filter, account)),
    warnings: [
      ...(isWidened
        ? [
            `The sums are kept by ${granularity === 'minute' ? 'minute' : 'hour'}: time_range was widened to ${new Date(since).toISOString()} – ${new Date(until).toISOString()}.`,
          ]
        : []),
      // Keys come from the caller: what has more than letters is not repeated. Contract §0.3 forbids to refuse them.
      ...Object.keys(body)
        .filter((key) => !Object.hasOwn(AnalyticsQuerySchema.properties, key) && fullMatch(/^\w{1,40}$/, key) !== null)
        .slice(0, mostWarnings)
        .map((key) => `The query has no field ${key}: it has no effect.`),
      ...unknown.map((hash) => `The account has no key with the hash ${hash.slice(0, 64)}.`),
    ],
  }
}

function rangeOf({ time_range: range, granularity }: AnalyticsQueryBody, now: number) {
  const until = range ? (parseUtcTime(range.end) ?? now) : now
  const usual = granularity === 'minute' ? hourMs : usualMs
  return { until, since: range ? (parseUtcTime(range.start) ?? 0) : until - usual }
}

const textsOf = ({ value }: Filter): readonly string[] => (Array.isArray(value) ? value : [value]).map(String)

const comparisons = { gt: '>', gte: '>=', lt: '<', lte: '<=' } as const

function conditionOf(filter: Filter): readonly AnalyticsCondition[] {
  const { field, operator, include_unset: includeUnset } = filter
  const dimension = dimensions[field].kept
  if (dimension === null) return []
  const values = textsOf(filter)
  switch (operator) {
    case 'eq':
      return [{ dimension, operator: 'in', values, includeUnset: false }]
    case 'neq':
      return [{ dimension, operator: 'not in', values, includeUnset: true }]
    case 'in':
      return [{ dimension, operator: 'in', values, includeUnset: includeUnset ?? false }]
    case 'not_in':
      return [{ dimension, operator: 'not in', values, includeUnset: includeUnset ?? false }]
    default:
      return [{ dimension, operator: comparisons[operator], value: values[0] ?? '' }]
  }
}

/** Tells whether a value meets a filter. It stands for the workspace, which is not kept apart from the account. */
function isMetBy(filter: Filter, value: string): boolean {
  const texts = textsOf(filter)
  const [first = ''] = texts
  switch (filter.operator) {
    case 'eq':
    case 'in':
      return texts.includes(value)
    case 'neq':
    case 'not_in':
      return !texts.includes(value)
    case 'gt':
      return value > first
    case 'gte':
      return value >= first
    case 'lt':
      return value < first
    case 'lte':
      return value <= first
  }
}

/** Sorts, limits and encodes the rows of an answer. @param nameOf Returns the name of a key by its hash. */
export function encodeRows(
  answers: readonly AnalyticsAnswer[],
  body: AnalyticsQueryBody,
  account: string,
  nameOf: (keyHash: string) => string | null,
): { readonly rows: readonly AnalyticsRow[]; readonly truncated: boolean } {
  const { granularity, metrics, limit, group_limit: groupLimit } = body
  const names = body.dimensions ?? []
  const kept = names.filter((name) => dimensions[name].kept !== null)
  const valueOf = (name: DimensionName, answer: AnalyticsAnswer): string | null =>
    name === 'workspace' ? account : answer.values[kept.indexOf(name)] || null
  const sorted = answers.toSorted(comparing(body, valueOf))
  const ofGroup = new Map<string, number>()
  const limited = sorted.filter(({ values }) => {
    if (names.length === 0 || !groupLimit) return true
    const id = values.join('\0')
    const count = (ofGroup.get(id) ?? 0) + 1
    ofGroup.set(id, count)
    return count <= groupLimit
  })
  const most = limit ?? (granularity ? 10_000 : 1_000)
  const rows = limited.slice(0, most).map((answer) => ({
    ...(answer.at !== null && { date: new Date(answer.at).toISOString() }),
    ...Object.fromEntries(names.map((name) => [name, valueOf(name, answer)])),
    ...(names.includes('api_key_id') && { api_key_name: nameOf(valueOf('api_key_id', answer) ?? '') }),
    ...Object.fromEntries(metrics.map((name) => [name, answer.metrics.get(name) ?? null])),
  }))
  return { rows, truncated: rows.length < answers.length }
}

/** Compares rows by the order that was asked for: by default the oldest first, and where there is no granularity the largest. */
function comparing(
  { order_by: order, granularity, metrics }: AnalyticsQueryBody,
  valueOf: (name: DimensionName, answer: AnalyticsAnswer) => string | null,
): (one: AnalyticsAnswer, other: AnalyticsAnswer) => number {
  const field = order?.field ?? (granularity ? 'date' : metrics[0]) ?? 'date'
  const sign = (order?.direction ?? (granularity && !order ? 'asc' : 'desc')) === 'asc' ? 1 : -1
  const keyOf = (answer: AnalyticsAnswer): string | number | null => {
    if (field === 'date') return answer.at
    return isMetricName(field) ? metricOf(answer, field) : isDimension(field) ? valueOf(field, answer) : null
  }
  return (one, other) =>
    compare(keyOf(one), keyOf(other), sign) ||
    (one.at ?? 0) - (other.at ?? 0) ||
    compare(metricOf(one, metrics[0]), metricOf(other, metrics[0]), -1) ||
    one.values.join('\0').localeCompare(other.values.join('\0'))
}

const metricOf = (answer: AnalyticsAnswer, name: MetricName | undefined): number | null =>
  name === undefined ? null : (answer.metrics.get(name) ?? null)

/** Compares two values. What has none comes last, in both directions. */
function compare(one: string | number | null, other: string | number | null, sign: 1 | -1): number {
  if (one === null || other === null) return Number(one === null) - Number(other === null)
  if (one === other) return 0
  return one < other ? -sign : sign
}
