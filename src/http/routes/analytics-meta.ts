import { Type } from 'typebox'
import { granularities } from '../../ledger/analytics/analytics.ts'
import type { AnalyticsStep } from '../../storage/stores/analytics-store.ts'
import { type Metric, metrics } from '../../ledger/analytics/metrics.ts'
import { dimensionNames, dimensions, operatorNames, operators } from '../analytics/dimensions.ts'
import { defineRoute } from '../http-route.ts'

const label = Type.String({ description: 'For people.' })

/** Source: contract §8.B. */
const AnalyticsMetaSchema = Type.Object(
  {
    data: Type.Object(
      {
        metrics: Type.Array(
          Type.Object({
            name: Type.String(),
            display_label: label,
            display_format: Type.Enum(['number', 'currency', 'percent', 'latency', 'throughput'], {
              description: 'Currency is USD, latency milliseconds, throughput tokens a second, percent a share of 1.',
            }),
            is_rate: Type.Boolean({ description: 'Whether it is a ratio or a percentile, and cannot be added up.' }),
          }),
        ),
        dimensions: Type.Array(Type.Object({ name: Type.String(), display_label: label })),
        operators: Type.Array(Type.Object({ name: Type.String(), value_type: Type.Enum(['scalar', 'array']) })),
        granularities: Type.Array(Type.Object({ name: Type.String(), display_label: label })),
      },
      { title: 'AnalyticsMeta' },
    ),
  },
  { title: 'AnalyticsMetaReply' },
)

const labels: Readonly<Record<AnalyticsStep, string>> = {
  minute: 'Minute',
  hour: 'Hour',
  day: 'Day',
  week: 'Week',
  month: 'Month',
}

const known: readonly (readonly [string, Metric])[] = Object.entries(metrics)

const meta = {
  data: {
    metrics: known.map(([name, { label, format, isRate }]) => {
      return { name, display_label: label, display_format: format, is_rate: isRate }
    }),
    dimensions: dimensionNames.map((name) => ({ name, display_label: dimensions[name].label })),
    operators: operatorNames.map((name) => ({ name, value_type: operators[name] })),
    granularities: granularities.map((name) => ({ name, display_label: labels[name] })),
  },
}

/** Contract §8.B. */
export const analyticsMeta = defineRoute({
  method: 'get',
  path: '/analytics/meta',
  access: 'management',
  id: 'getAnalyticsMeta',
  group: 'Analytics',
  summary: 'List metrics',
  description: 'What `POST /analytics/query` can be asked for.',
  success: { description: 'Metrics, dimensions, operators and granularities.', json: AnalyticsMetaSchema },
  errors: ['authentication', 'permission_denied', 'server'],
  handle: () => (exchange) => exchange.json(meta),
})
