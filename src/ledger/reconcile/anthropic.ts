import { nanoUsd } from '../../canonical/money.ts'
import {
  dayIn,
  defineExportFormat,
  type ExportRow,
  numberIn,
  requireModel,
  requireUsd,
  sumIn,
  usdIn,
} from './export-format.ts'

const cacheColumns = [
  'usage_input_tokens_cache_write',
  'usage_input_tokens_cache_write_5m',
  'usage_input_tokens_cache_write_1h',
  'usage_input_tokens_cache_read',
]

/**
 * The CSV of the Usage page of the Console. Its input tokens do not include cached ones.
 * Source: https://support.anthropic.com/en/articles/9534590-cost-and-usage-reporting-in-console (the page names no columns: they are those of
 * files that users have published).
 */
const consoleUsage = {
  name: 'usage of the Console',
  marks: ['usage_date_utc', 'model_version', 'usage_input_tokens_no_cache', 'usage_output_tokens'],
  others: [
    ...cacheColumns,
    'api_key',
    'api_key_id',
    'api_key_status',
    'workspace',
    'usage_type',
    'context_window',
    'web_search_count',
    'inference_geo',
    'speed',
  ],
  read: (row: ExportRow) => ({
    day: dayIn(row, 'usage_date_utc'),
    model: row['model_version'] ?? '',
    promptTokens: sumIn(row, ['usage_input_tokens_no_cache', ...cacheColumns]),
    completionTokens: numberIn(row, 'usage_output_tokens'),
  }),
}

/** The CSV of the Cost page of the Console (the same source). Models have their display names. */
const consoleCost = {
  name: 'cost of the Console',
  marks: ['usage_date_utc', 'model', 'cost_usd'],
  others: [
    'workspace',
    'api_key',
    'api_key_id',
    'api_key_status',
    'usage_type',
    'context_window',
    'token_type',
    'list_price_usd',
    'cost_type',
    'inference_geo',
    'speed',
  ],
  read: (row: ExportRow) => ({
    day: dayIn(row, 'usage_date_utc'),
    model: row['model'] ?? '',
    cost: usdIn(row, 'cost_usd'),
  }),
}

/**
 * `GET /v1/organizations/usage_report/messages?group_by[]=model`.
 * Source: https://platform.claude.com/docs/en/api/admin/usage_report/retrieve_messages
 */
const usageReport = {
  name: 'messages usage report',
  marks: ['starting_at', 'model', 'uncached_input_tokens', 'output_tokens'],
  others: [
    'ending_at',
    'account_id',
    'api_key_id',
    'service_account_id',
    'workspace_id',
    'context_window',
    'inference_geo',
    'service_tier',
    'speed',
    'cache_creation_ephemeral_1h_input_tokens',
    'cache_creation_ephemeral_5m_input_tokens',
    'cache_read_input_tokens',
    'server_tool_use_web_search_requests',
  ],
  read: (row: ExportRow) => ({
    day: dayIn(row, 'starting_at'),
    model: requireModel(row, 'model', 'group_by[]=model'),
    promptTokens: sumIn(row, [
      'uncached_input_tokens',
      'cache_creation_ephemeral_1h_input_tokens',
      'cache_creation_ephemeral_5m_input_tokens',
      'cache_read_input_tokens',
    ]),
    completionTokens: numberIn(row, 'output_tokens'),
  }),
}

/**
 * `GET /v1/organizations/cost_report?group_by[]=description`. Amounts are in cents.
 * Source: https://platform.claude.com/docs/en/api/resources/admin/subresources/usage_and_cost
 */
const costReport = {
  name: 'cost report',
  marks: ['starting_at', 'model', 'amount', 'currency'],
  others: [
    'ending_at',
    'context_window',
    'cost_type',
    'description',
    'inference_geo',
    'service_tier',
    'speed',
    'token_type',
    'workspace_id',
  ],
  read(row: ExportRow) {
    requireUsd(row, 'currency')
    // Searches and the execution of code belong to no model in this report.
    const model = row['model'] || row['cost_type'] || requireModel(row, 'model', 'group_by[]=description')
    return { day: dayIn(row, 'starting_at'), model, cost: nanoUsd(numberIn(row, 'amount') / 100) }
  },
}

export default defineExportFormat({
  vendor: 'Anthropic',
  provider: 'anthropic',
  shapes: [consoleUsage, consoleCost, usageReport, costReport],
})
