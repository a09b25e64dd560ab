import { sql, type Kysely } from 'kysely'
import type { Database } from '../sql/database.ts'
import { defineMigration } from './migration.ts'

const columns = {
  account: 'text',
  key_hash: 'text',
  model: 'text',
  provider: 'text',
  endpoint: 'text',
  app: 'text',
  external_user: 'text',
  hour: 'bigint',
  day: 'bigint',
} as const

type Column = keyof typeof columns

/** The summaries of this step: the columns of their primary keys, and the table from which they are filled. */
const summaries: readonly { readonly table: string; readonly key: readonly Column[]; readonly from: string }[] = [
  {
    table: 'hourly_usage',
    key: ['account', 'hour', 'key_hash', 'model', 'provider', 'app', 'external_user'],
    from: 'generation',
  },
  { table: 'hourly_total', key: ['hour'], from: 'hourly_usage' },
  {
    table: 'daily_key_usage',
    key: ['key_hash', 'day', 'model', 'endpoint', 'provider', 'account'],
    from: 'generation',
  },
  { table: 'daily_usage', key: ['account', 'day', 'model', 'endpoint', 'provider'], from: 'daily_key_usage' },
  { table: 'daily_key_total', key: ['key_hash', 'day', 'account'], from: 'daily_key_usage' },
  { table: 'key_total', key: ['key_hash', 'account'], from: 'daily_key_usage' },
  { table: 'endpoint_total', key: ['model', 'endpoint', 'provider'], from: 'daily_key_usage' },
]

/** How each column follows from a generation that was stored before. */
const sums: Readonly<Record<string, string>> = {
  requests: 'count(*)',
  failures: 'count(error_kind)',
  prompt_tokens: 'sum(coalesce(prompt_tokens, 0))',
  completion_tokens: 'sum(coalesce(completion_tokens, 0))',
  reasoning_tokens: 'sum(coalesce(reasoning_tokens, 0))',
  cached_tokens: 'sum(coalesce(cached_tokens, 0))',
  cost: 'sum(cost)',
  prompt_cost: 'sum(prompt_cost)',
  completion_cost: 'sum(completion_cost)',
  other_cost: 'sum(other_cost)',
  tool_cost: 'sum(tool_cost)',
  byok_cost: 'sum(case when is_byok = 1 then cost else 0 end)',
  latency: 'sum(coalesce(latency, 0))',
  latency_requests: 'count(latency)',
  generation_time: 'sum(generation_time)',
  bytes: `sum(1500 + length(coalesce(metadata, '')) + length(coalesce(trace, '')) + length(coalesce(user_agent, ''))
    + length(coalesce(http_referer, '')) + length(coalesce(external_user, '')))`,
  last_used_at: 'max(created_at)',
}

const dimensions: Readonly<Record<Column, string>> = {
  account: 'account',
  key_hash: 'key_hash',
  model: `case when endpoint is null and not exists (select 1 from generation_attempt where generation_id = generation.id)
    then '' else substr(model, 1, 200) end`,
  provider: `substr(coalesce(provider, ''), 1, 200)`,
  endpoint: `substr(coalesce(endpoint, ''), 1, 200)`,
  app: `substr(coalesce(http_referer, ''), 1, 200)`,
  external_user: `substr(coalesce(external_user, ''), 1, 200)`,
  hour: 'created_at - created_at % 3600000',
  day: 'created_at - created_at % 86400000',
}

/** Makes the summaries of usage, and fills them from the generations that are stored. */
export default defineMigration({
  name: '0007-usage-summaries',
  async up(db) {
    for (const { table, key, from } of summaries) {
      await createSummary(db, table, key)
      await fill(db, table, key, from)
    }
    // For the usage of all accounts on some days, and for the keys of an account.
    await db.schema.createIndex('daily_usage_day').on('daily_usage').columns(['day', 'model']).execute()
    await db.schema.createIndex('daily_key_total_account').on('daily_key_total').columns(['account', 'day']).execute()
    await db.schema.createIndex('key_total_account').on('key_total').columns(['account']).execute()
  },
})

const sumNames = Object.keys(sums)

async function createSummary(db: Kysely<Database>, table: string, key: readonly Column[]): Promise<void> {
  const definitions = [
    ...key.map((name) => `${name} ${columns[name]} not null`),
    ...sumNames.map((name) => `${name} bigint not null`),
    `primary key (${key.join(', ')})`,
  ]
  await sql.raw(`create table ${table} (${definitions.join(', ')})`).execute(db)
}

async function fill(db: Kysely<Database>, table: string, key: readonly Column[], from: string): Promise<void> {
  const isDerived = from !== 'generation'
  const selected = [
    ...key.map((name) => (isDerived ? name : dimensions[name])),
    ...sumNames.map((name) => (isDerived ? `${name === 'last_used_at' ? 'max' : 'sum'}(${name})` : sums[name])),
  ]
  const groups = key.map((_, index) => index + 1).join(', ')
  const into = [...key, ...sumNames].join(', ')
  await sql
    .raw(`insert into ${table} (${into}) select ${selected.join(', ')} from ${from} group by ${groups}`)
    .execute(db)
}
