import { defineExportFormat, type ExportRow, numberIn, requireModel, requireUsd, usdIn } from './export-format.ts'

/**
 * Usage by model: `GET /v1/organization/usage/completions?bucket_width=1d&group_by=model`, and the CSV of the dashboard, which has the same
 * fields and the times also as ISO text. Input tokens include cached ones.
 * Source: https://platform.openai.com/docs/api-reference/usage/completions_object
 */
const usage = {
  name: 'completions usage',
  marks: ['start_time', 'model', 'input_tokens', 'output_tokens'],
  others: [
    'object',
    'end_time',
    'start_time_iso',
    'end_time_iso',
    'project_id',
    'num_model_requests',
    'user_id',
    'api_key_id',
    'api_source',
    'batch',
    'service_tier',
    'input_cached_tokens',
    'input_cache_write_tokens',
    'input_uncached_tokens',
    'input_text_tokens',
    'output_text_tokens',
    'input_cached_text_tokens',
    'input_audio_tokens',
    'input_cached_audio_tokens',
    'output_audio_tokens',
    'input_image_tokens',
    'input_cached_image_tokens',
    'output_image_tokens',
  ],
  read(row: ExportRow) {
    // A day without usage has a row without a model.
    if (row['model'] === '' && numberIn(row, 'input_tokens') + numberIn(row, 'output_tokens') === 0) return null
    return {
      day: dayOfBucket(row),
      model: requireModel(row, 'model', 'group_by=model'),
      promptTokens: numberIn(row, 'input_tokens'),
      completionTokens: numberIn(row, 'output_tokens'),
    }
  },
}

/**
 * Costs by line item: `GET /v1/organization/costs?group_by=line_item`, and the CSV of the dashboard. A line item is a model and what of it was
 * used, such as `gpt-4o-2024-08-06, input`.
 * Source: https://platform.openai.com/docs/api-reference/usage/costs_object
 */
const costs = {
  name: 'costs',
  marks: ['start_time', 'amount_value', 'amount_currency', 'line_item'],
  others: [
    'object',
    'end_time',
    'start_time_iso',
    'end_time_iso',
    'project_id',
    'project_name',
    'organization_id',
    'organization_name',
    'api_key_id',
    'quantity',
  ],
  read(row: ExportRow) {
    if (row['amount_value'] === '') return null
    requireUsd(row, 'amount_currency')
    const [model = ''] = requireModel(row, 'line_item', 'group_by=line_item').split(',')
    return { day: dayOfBucket(row), model: model.trim(), cost: usdIn(row, 'amount_value') }
  },
}

/** A bucket begins at a Unix second. One of an hour or a minute counts for its day. */
function dayOfBucket(row: ExportRow): string {
  const time = new Date(numberIn(row, 'start_time') * 1000)
  if (Number.isNaN(time.getTime())) throw new Error(`start_time is "${row['start_time']}", which is no Unix second.`)
  return time.toISOString().slice(0, 10)
}

export default defineExportFormat({ vendor: 'OpenAI', provider: 'openai', shapes: [usage, costs] })
