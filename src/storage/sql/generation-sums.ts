import { buckets, type Histogram, histograms } from '../stores/usage-details.ts'
import { snakeCase } from './column-name.ts'

const hourMs = 3_600_000
const dayMs = 86_400_000

/** How each sum of the summaries follows from one generation, in SQL. How much room it takes is an estimate, and no matter of the books. */
export const sumExpressions: Readonly<Record<string, string>> = {
  requests: '1',
  failures: 'case when error_kind is null then 0 else 1 end',
  prompt_tokens: 'coalesce(prompt_tokens, 0)',
  completion_tokens: 'coalesce(completion_tokens, 0)',
  reasoning_tokens: 'coalesce(reasoning_tokens, 0)',
  cached_tokens: 'coalesce(cached_tokens, 0)',
  cost: 'cost',
  prompt_cost: 'prompt_cost',
  completion_cost: 'completion_cost',
  other_cost: 'other_cost',
  tool_cost: 'tool_cost',
  byok_cost: 'upstream_cost',
  latency: 'coalesce(latency, 0)',
  latency_requests: 'case when latency is null then 0 else 1 end',
  generation_time: 'generation_time',
}

const feesOf = (units: string): string =>
  `(select coalesce(sum(amount), 0) from generation_fee where generation_id = generation.id and unit in (${units}))`

/** The same of the details. */
export const detailExpressions: Readonly<Record<string, string>> = {
  web_cost: feesOf(`'search', 'fetch'`),
  file_cost: feesOf(`'parsed-page'`),
  answer_time: 'case when latency is null then 0 else generation_time end',
  ...bucketExpressions('latency', 'latency'),
  ...bucketExpressions('answerTime', 'case when latency is null then null else generation_time end'),
}

/** Counts a value in its bucket: 1 there, 0 in the others, and 0 in all where it is null. */
function bucketExpressions(histogram: Histogram, value: string): Readonly<Record<string, string>> {
  const limits: readonly number[] = histograms[histogram]
  return Object.fromEntries(
    buckets[histogram].map((bucket, index) => {
      const [from, below] = [limits[index - 1], limits[index]]
      const conditions = [
        ...(from === undefined ? [] : [`${value} >= ${from}`]),
        ...(below === undefined ? [] : [`${value} < ${below}`]),
      ]
      return [snakeCase(bucket), `case when ${conditions.join(' and ')} then 1 else 0 end`]
    }),
  )
}

/** How each dimension of a summary follows from a generation. Summaries cut long texts besides. */
export const dimensionExpressions: Readonly<Record<string, string>> = {
  account: 'account',
  key_hash: 'key_hash',
  model: `case when endpoint is null and not exists (select 1 from generation_attempt where generation_id = generation.id)
    then '' else model end`,
  provider: `coalesce(provider, '')`,
  endpoint: `coalesce(endpoint, '')`,
  app: `coalesce(http_referer, app_title, '')`,
  external_user: `coalesce(external_user, '')`,
  hour: `created_at - created_at % ${hourMs}`,
  day: `created_at - created_at % ${dayMs}`,
}
