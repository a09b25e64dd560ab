import { Type } from 'typebox'
import { usd } from '../../canonical/money.ts'
import { trimEnd } from '../../util/trim-end.ts'
import { address, basicAuth, type BroadcastTrace, defineDestination, headerText, ownHeaders } from './destination.ts'

const name = (usual: string, description: string) =>
  Type.Optional(
    Type.String({
      pattern: '^[A-Za-z_][A-Za-z0-9_]{0,100}$',
      patternErrorMessage: 'must be a name of letters, digits and _, since it is written into a statement',
      default: usual,
      description,
    }),
  )

/** ClickHouse, by its HTTP interface. docs/telemetry.md has the table. */
export default defineDestination({
  type: 'clickhouse',
  title: 'ClickHouse',
  documentation: 'https://clickhouse.com/docs/interfaces/http',
  settings: {
    host: address('The address of the HTTP interface, such as `https://clickhouse.example.com:8443`.'),
    database: name('default', 'The database.'),
    table: name('OPENROUTER_TRACES', 'The table.'),
    username: Type.Optional(headerText('The user.', { default: 'default' })),
    password: Type.Optional(Type.String({ maxLength: 1_000, default: '' })),
    shouldIncludeCacheWriteTokens: Type.Optional(
      Type.Boolean({ description: 'Whether the table has the column `CACHE_WRITE_TOKENS`. Default: false.' }),
    ),
    headers: ownHeaders,
  },
  secrets: ['password', 'headers'],
  perRequest: 500,
  encode(traces, settings) {
    const { host, database = 'default', table = 'OPENROUTER_TRACES', username = 'default', password = '' } = settings
    const { headers, shouldIncludeCacheWriteTokens: hasCacheWrites = false } = settings
    const query = new URLSearchParams({
      query: `INSERT INTO ${database}.${table} FORMAT JSONEachRow`,
      // The times are written with milliseconds and Z.
      date_time_input_format: 'best_effort',
    })
    return {
      method: 'POST',
      url: `${trimEnd(host, '/')}/?${query.toString()}`,
      headers: { 'content-type': 'application/x-ndjson', authorization: basicAuth(username, password), ...headers },
      body: traces.map((trace) => `${JSON.stringify(rowOf(trace, hasCacheWrites))}\n`).join(''),
    }
  },
})

/** The columns of the table that OpenRouter has its users make, as far as its documentation names them. */
const rowOf = ({ record, content, ...trace }: BroadcastTrace, hasCacheWrites: boolean) => ({
  TRACE_ID: trace.traceId,
  SPAN_ID: trace.spanId,
  PARENT_SPAN_ID: trace.parentSpanId ?? '',
  TRACE_NAME: trace.traceName,
  SPAN_NAME: trace.generationName,
  SPAN_TYPE: 'GENERATION',
  TIMESTAMP: new Date(trace.start).toISOString(),
  END_TIMESTAMP: new Date(trace.end).toISOString(),
  DURATION_MS: record.generationTime,
  TIME_TO_FIRST_TOKEN_MS: record.latency,
  GENERATION_ID: record.id,
  MODEL: record.model,
  REQUESTED_MODEL: record.requestedModel,
  PROVIDER_NAME: record.providerName ?? '',
  USER_ID: record.externalUser ?? '',
  SESSION_ID: record.sessionId ?? '',
  API_KEY_NAME: trace.keyName,
  STATUS: record.errorKind === null ? 'ok' : 'error',
  ERROR_TYPE: record.errorKind ?? '',
  FINISH_REASON: record.finishReason ?? '',
  PROMPT_TOKENS: record.promptTokens ?? 0,
  COMPLETION_TOKENS: record.completionTokens ?? 0,
  TOTAL_TOKENS: (record.promptTokens ?? 0) + (record.completionTokens ?? 0),
  REASONING_TOKENS: record.reasoningTokens ?? 0,
  CACHED_TOKENS: record.cachedTokens ?? 0,
  ...(hasCacheWrites && { CACHE_WRITE_TOKENS: record.cacheWriteTokens ?? 0 }),
  TOTAL_COST: usd(record.cost),
  INPUT: content?.input ?? '',
  OUTPUT: content?.output ?? '',
  METADATA: JSON.stringify(trace.metadata),
  ATTRIBUTES: JSON.stringify(trace.attributes),
})
