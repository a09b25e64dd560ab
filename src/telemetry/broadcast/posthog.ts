import { Type } from 'typebox'
import { usd } from '../../canonical/money.ts'
import { objectOf, parseJson } from '../../util/json.ts'
import { trimEnd } from '../../util/trim-end.ts'
import { address, type BroadcastTrace, defineDestination, headerText, jsonRequest, ownHeaders } from './destination.ts'

const usualAddress = 'https://us.i.posthog.com'

/** PostHog, whose LLM analytics are events of the type `$ai_generation`. */
export default defineDestination({
  type: 'posthog',
  title: 'PostHog',
  documentation: 'https://posthog.com/docs/llm-analytics/manual-capture',
  settings: {
    apiKey: headerText('The key of the project, which begins with `phc_`.'),
    endpoint: Type.Optional(address('The address of the server.', { default: usualAddress })),
    headers: ownHeaders,
  },
  secrets: ['apiKey', 'headers'],
  perRequest: 50,
  encode: (traces, { apiKey, endpoint = usualAddress, headers }) =>
    jsonRequest(
      `${trimEnd(endpoint, '/')}/batch/`,
      { api_key: apiKey, historical_migration: false, batch: traces.map(eventOf) },
      headers,
    ),
})

function eventOf({ record, content, ...trace }: BroadcastTrace) {
  const output = content === null ? null : [{ role: 'assistant', content: content.output }]
  return {
    event: '$ai_generation',
    // Without a user there is no person; an event needs an id all the same.
    distinct_id: record.externalUser ?? trace.traceId,
    timestamp: new Date(trace.end).toISOString(),
    properties: {
      ...trace.metadata,
      ...(record.externalUser === null && { $process_person_profile: false }),
      $lib: 'waygate',
      $ai_trace_id: trace.traceId,
      $ai_span_id: trace.spanId,
      $ai_span_name: trace.generationName,
      ...(trace.parentSpanId !== null && { $ai_parent_id: trace.parentSpanId }),
      ...(record.sessionId !== null && { $ai_session_id: record.sessionId }),
      $ai_model: record.model,
      $ai_provider: record.provider ?? '',
      $ai_input: content === null ? null : messagesOf(content.input),
      $ai_output_choices: output,
      $ai_input_tokens: record.promptTokens ?? 0,
      $ai_output_tokens: record.completionTokens ?? 0,
      $ai_reasoning_tokens: record.reasoningTokens ?? 0,
      $ai_cache_read_input_tokens: record.cachedTokens ?? 0,
      $ai_total_cost_usd: usd(record.cost),
      $ai_latency: record.generationTime / 1000,
      ...(record.latency !== null && { $ai_time_to_first_token: record.latency / 1000 }),
      $ai_http_status: record.status,
      $ai_is_error: record.errorKind !== null,
      ...(record.errorKind !== null && { $ai_error: record.errorKind }),
      $ai_stream: record.streamed,
    },
  }
}

function messagesOf(input: string): unknown {
  const said = objectOf(parseJson(input)) ?? {}
  return said['messages'] ?? [{ role: 'user', content: said['prompt'] ?? '' }]
}
