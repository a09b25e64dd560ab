import { dayIn, defineExportFormat, type ExportRow, numberIn, usdIn } from './export-format.ts'

/**
 * `GET /api/v1/activity`: one row a day, model and endpoint. `usage` is what OpenRouter charges.
 * Source: https://openrouter.ai/docs/client-sdks/typescript/models/activityitem
 */
const activity = {
  name: 'activity',
  marks: ['date', 'model', 'usage', 'prompt_tokens', 'completion_tokens'],
  others: [
    'model_permaslug',
    'endpoint_id',
    'provider_name',
    'byok_usage_inference',
    'byok_requests',
    'requests',
    'reasoning_tokens',
  ],
  read: (row: ExportRow) => ({
    day: dayIn(row, 'date'),
    model: row['model'] ?? '',
    promptTokens: numberIn(row, 'prompt_tokens'),
    completionTokens: numberIn(row, 'completion_tokens'),
    cost: usdIn(row, 'usage'),
  }),
}

/**
 * The CSV of the Activity page, by model.
 * Source: https://openrouter.ai/docs/cookbook/administration/activity-export (the page names no columns: here and below they are those of files
 * that users have published).
 */
const page = {
  name: 'activity by model',
  marks: ['Date', 'Slug', 'Usage', 'Prompt Tokens', 'Completion Tokens'],
  others: ['BYOK Usage', 'Requests', 'Reasoning Tokens'],
  read: (row: ExportRow) => ({
    day: dayIn(row, 'Date'),
    model: row['Slug'] ?? '',
    promptTokens: numberIn(row, 'Prompt Tokens'),
    completionTokens: numberIn(row, 'Completion Tokens'),
    cost: usdIn(row, 'Usage'),
  }),
}

/** The CSV of the Activity page with a row for each generation (the same source). Times are in UTC. */
const generations = {
  name: 'activity by generation',
  marks: ['generation_id', 'created_at', 'cost_total', 'tokens_prompt', 'tokens_completion', 'model_permaslug'],
  others: [
    'cost_web_search',
    'cost_cache',
    'cost_file_processing',
    'byok_usage_inference',
    'tokens_reasoning',
    'tokens_cached',
    'provider_name',
    'variant',
    'cancelled',
    'streamed',
    'user',
    'finish_reason_raw',
    'finish_reason_normalized',
    'generation_time_ms',
    'time_to_first_token_ms',
    'api_key_disabled',
    'api_key_name',
    'app_name',
  ],
  read(row: ExportRow) {
    const { variant = '', model_permaslug: model = '' } = row
    return {
      day: dayIn(row, 'created_at'),
      model: variant === '' || variant === 'standard' ? model : `${model}:${variant}`,
      promptTokens: numberIn(row, 'tokens_prompt'),
      completionTokens: numberIn(row, 'tokens_completion'),
      cost: usdIn(row, 'cost_total'),
    }
  },
}

export default defineExportFormat({
  vendor: 'OpenRouter',
  provider: 'openrouter',
  shapes: [activity, page, generations],
})
