import { Type } from 'typebox'
import type { AccountKeys } from '../../auth/account-keys.ts'
import type { Analytics } from '../../ledger/analytics/analytics.ts'
import type { Clock } from '../../util/clock.ts'
import { OpenObject } from '../../util/open-object.ts'
import { encodeRows, readQuery } from '../analytics/answer-query.ts'
import { AnalyticsQuerySchema, readAnalyticsQuery } from '../analytics/query-body.ts'
import { defineRoute } from '../http-route.ts'
import { bodyErrors, type BodyLimits, readJsonBody } from '../read-json-body.ts'

/** Source: contract §8.B. */
const AnalyticsReplySchema = Type.Object(
  {
    data: Type.Object(
      {
        data: Type.Array(OpenObject, {
          description:
            'Each has `date` where there is a granularity, the dimensions (null: unset; the name of a key in `api_key_name`) and the metrics (null: a ratio of nothing).',
        }),
        metadata: Type.Object({
          query_time_ms: Type.Number({ minimum: 0 }),
          row_count: Type.Integer({ minimum: 0 }),
          truncated: Type.Boolean({ description: 'Whether there are more rows than were asked for.' }),
        }),
        warnings: Type.Optional(Type.Array(Type.String())),
      },
      { title: 'AnalyticsResult' },
    ),
  },
  { title: 'AnalyticsReply' },
)

interface Dependencies {
  readonly analytics: Pick<Analytics, 'answer'>
  readonly accountKeys: Pick<AccountKeys, 'list'>
  readonly limits: BodyLimits
  readonly clock: Clock
}

/** Contract §8.B. */
export const analyticsQuery = defineRoute({
  method: 'post',
  path: '/analytics/query',
  access: 'management',
  id: 'queryAnalytics',
  group: 'Analytics',
  summary: 'Query analytics',
  description:
    'Adds up what the account used. It reads sums that are kept by hour and by day, so that `time_range` is widened to whole hours; with `granularity: minute` it reads the records of at most six hours.',
  body: {
    schema: AnalyticsQuerySchema,
    example: { metrics: ['total_usage', 'request_count'], dimensions: ['model'], granularity: 'day' },
  },
  success: { description: 'The rows.', json: AnalyticsReplySchema },
  errors: bodyErrors,
  handle:
    ({ analytics, accountKeys, limits, clock }: Dependencies) =>
    async (exchange) => {
      const startedAt = clock.monotonic()
      const { account } = exchange.principal
      const body = readAnalyticsQuery(await readJsonBody(exchange.incoming, limits))
      const names = new Map(accountKeys.list(account).map(({ hash, name }) => [hash, name]))
      const { question, isEmpty, warnings } = readQuery(body, account, clock.now(), (hash) => names.has(hash))
      const answers = isEmpty ? [] : await analytics.answer(question)
      const { rows, truncated } = encodeRows(answers, body, account, (hash) => names.get(hash) ?? null)
      exchange.json({
        data: {
          data: rows,
          metadata: { query_time_ms: Math.round(clock.monotonic() - startedAt), row_count: rows.length, truncated },
          ...(warnings.length > 0 && { warnings }),
        },
      })
    },
})
