import { type Static, Type } from 'typebox'
import type { Issue } from '../../canonical/errors.ts'
import { granularities } from '../../ledger/analytics/analytics.ts'
import { isMetricName, metrics } from '../../ledger/analytics/metrics.ts'
import { requestValidator } from '../../protocols/schema/validate.ts'
import { nullish } from '../../util/nullish.ts'
import { parseUtcTime } from '../../util/parse-utc-time.ts'
import { dimensionNames, operatorNames, operators } from './dimensions.ts'

const metricNames = Object.keys(metrics).filter(isMetricName)
const Scalar = Type.Union([Type.String({ maxLength: 1_000 }), Type.Number()])
const time = (description: string) => Type.String({ description: `${description} An ISO time in UTC with seconds.` })

const FilterSchema = Type.Object(
  {
    field: Type.Enum([...dimensionNames], { description: 'The dimension.' }),
    operator: Type.Enum([...operatorNames]),
    value: Type.Union([Scalar, Type.Array(Scalar, { maxItems: 1_000 })], {
      description: 'A list for `in` and `not_in`. A key is named by its hash.',
    }),
    include_unset: nullish(
      Type.Boolean({ description: 'Whether `in` and `not_in` take what has no value in the dimension too.' }),
    ),
  },
  { title: 'AnalyticsFilter', additionalProperties: false },
)

/** Source: contract §8.B. */
export const AnalyticsQuerySchema = Type.Object(
  {
    metrics: Type.Array(Type.Enum(metricNames), { minItems: 1, maxItems: 50 }),
    dimensions: nullish(Type.Array(Type.Enum([...dimensionNames]), { maxItems: 2 })),
    filters: nullish(Type.Array(FilterSchema, { maxItems: 20, description: 'All of them must be met.' })),
    granularity: nullish(Type.Enum([...granularities], { description: 'Absent: the period is one.' })),
    time_range: nullish(
      Type.Object(
        { start: time('The beginning.'), end: time('The end, which is not a part of it.') },
        {
          description: 'Absent: the last 30 days; with `granularity: minute` the last hour.',
          additionalProperties: false,
        },
      ),
    ),
    order_by: nullish(
      Type.Object(
        {
          field: Type.String({
            maxLength: 100,
            description: 'A metric or a dimension of the query, `request_count`, or `date`.',
          }),
          direction: Type.Enum(['asc', 'desc']),
        },
        { additionalProperties: false },
      ),
    ),
    limit: nullish(
      Type.Integer({
        minimum: 1,
        maximum: 10_000,
        description: 'How many rows to return. Default: 1000; 10000 where there is a granularity.',
      }),
    ),
    group_limit: nullish(
      Type.Integer({
        minimum: 1,
        maximum: 10_000,
        description: 'How many rows to return of each combination of the dimensions.',
      }),
    ),
    classifier_dimensions: nullish(Type.Unknown({ description: 'Refused: there are no classifiers.' })),
    classifier_filters: nullish(Type.Unknown({ description: 'Refused: there are no classifiers.' })),
  },
  { title: 'AnalyticsQueryRequest' },
)

export type AnalyticsQueryBody = Static<typeof AnalyticsQuerySchema>

const longestMinutesMs = 6 * 3_600_000

function* issuesOf(body: AnalyticsQueryBody): Generator<Issue> {
  const { dimensions: names, filters, time_range: range, order_by: order, granularity } = body
  if (names !== null && names !== undefined && new Set(names).size < names.length) {
    yield { path: 'dimensions', message: 'must not have one dimension twice' }
  }
  for (const [index, { operator, value, include_unset: unset }] of (filters ?? []).entries()) {
    if ((operators[operator] === 'array') !== Array.isArray(value)) {
      const expected = operators[operator] === 'array' ? 'a list' : 'one value'
      yield { path: `filters.${index}.value`, message: `must be ${expected} for the operator ${operator}` }
    }
    if (unset === true && operators[operator] !== 'array') {
      yield { path: `filters.${index}.include_unset`, message: 'is for the operators in and not_in alone' }
    }
  }
  if (range !== null && range !== undefined) yield* issuesOfRange(range, granularity === 'minute')
  const fields = [...body.metrics, ...(names ?? []), 'request_count', ...(granularity ? ['date'] : [])]
  if (order !== null && order !== undefined && !fields.some((field) => field === order.field)) {
    yield { path: 'order_by.field', message: `must be one of: ${[...new Set(fields)].join(', ')}` }
  }
  for (const field of ['classifier_dimensions', 'classifier_filters'] as const) {
    if (body[field] !== null && body[field] !== undefined) {
      yield { path: field, message: 'must be left out: this gateway has no classifiers' }
    }
  }
}

function* issuesOfRange(
  range: { readonly start: string; readonly end: string },
  isByMinute: boolean,
): Generator<Issue> {
  const [start, end] = [parseUtcTime(range.start), parseUtcTime(range.end)]
  for (const [name, value] of Object.entries({ start, end })) {
    if (value !== null) continue
    yield {
      path: `time_range.${name}`,
      message: 'must be an ISO time in UTC with seconds, like 2027-01-01T00:00:00Z',
    }
  }
  if (start === null || end === null) return
  if (start >= end) yield { path: 'time_range', message: 'must end after it starts' }
  if (isByMinute && end - start > longestMinutesMs) {
    yield { path: 'time_range', message: 'must be at most six hours long for the granularity minute' }
  }
}

/** Checks the body of a query. @throws GatewayError 400 with what is wrong and where */
export const readAnalyticsQuery = requestValidator(AnalyticsQuerySchema, (body) => [...issuesOf(body)])
