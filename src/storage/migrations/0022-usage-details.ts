import { sql, type Kysely } from 'kysely'
import type { Database } from '../sql/database.ts'
import { defineMigration } from './migration.ts'

/** The limits of the buckets of this step, in milliseconds. */
const histograms: readonly (readonly [prefix: string, value: string, limits: readonly number[]])[] = [
  ['latency', 'latency', [50, 100, 200, 300, 400, 500, 700, 1_000, 1_500, 2_000, 3_000, 5_000, 8_000, 15_000, 30_000]],
  [
    'answer_time',
    'case when latency is null then null else generation_time end',
    [100, 250, 500, 1_000, 1_500, 2_000, 3_000, 5_000, 7_500, 10_000, 15_000, 20_000, 30_000, 60_000, 120_000],
  ],
]

const feesOf = (units: string): string =>
  `(select coalesce(sum(amount), 0) from generation_fee where generation_id = generation.id and unit in (${units}))`

/** The new columns: their types, and how each follows from a generation. Counts of an hour or a day fit 32 bits. */
const columns: readonly (readonly [name: string, type: 'bigint' | 'integer', value: string])[] = [
  ['web_cost', 'bigint', feesOf(`'search', 'fetch'`)],
  ['file_cost', 'bigint', feesOf(`'parsed-page'`)],
  ['answer_time', 'bigint', 'case when latency is null then 0 else generation_time end'],
  ...histograms.flatMap(([prefix, value, limits]) =>
    [...limits, null].map((below, index) => {
      const from = limits[index - 1]
      const conditions = [
        ...(from === undefined ? [] : [`${value} >= ${from}`]),
        ...(below === null ? [] : [`${value} < ${below}`]),
      ]
      const name = below === null ? `${prefix}_more` : `${prefix}_below${below}`
      return [name, 'integer', `case when ${conditions.join(' and ')} then 1 else 0 end`] as const
    }),
  ),
]

const dimensions: Readonly<Record<string, string>> = {
  model: `case when endpoint is null and not exists (select 1 from generation_attempt where generation_id = generation.id)
    then '' else substr(model, 1, 200) end`,
  provider: `substr(coalesce(provider, ''), 1, 200)`,
  endpoint: `substr(coalesce(endpoint, ''), 1, 200)`,
  app: `substr(coalesce(http_referer, app_title, ''), 1, 200)`,
  external_user: `substr(coalesce(external_user, ''), 1, 200)`,
  hour: 'created_at - created_at % 3600000',
  day: 'created_at - created_at % 86400000',
}

const summaries: readonly { readonly table: string; readonly key: readonly string[]; readonly from: string }[] = [
  {
    table: 'hourly_usage',
    key: ['account', 'hour', 'key_hash', 'model', 'provider', 'app', 'external_user'],
    from: 'generation',
  },
  {
    table: 'daily_key_usage',
    key: ['key_hash', 'day', 'model', 'endpoint', 'provider', 'account'],
    from: 'generation',
  },
  { table: 'daily_usage', key: ['account', 'day', 'model', 'endpoint', 'provider'], from: 'daily_key_usage' },
]

/**
 * Adds to the summaries what analytics needs: histograms, the fees by what they were for, and the time of answers. They are filled from the
 * generations that are still there.
 */
export default defineMigration({
  name: '0022-usage-details',
  async up(db) {
    for (const { table, key, from } of summaries) {
      for (const [name, type] of columns) {
        await sql.raw(`alter table ${table} add column ${name} ${type} not null default 0`).execute(db)
      }
      await fill(db, table, key, from)
    }
    // For the usage of all keys of an account on some days.
    await sql.raw('create index daily_key_usage_account on daily_key_usage (account, day)').execute(db)
  },
})

async function fill(db: Kysely<Database>, table: string, key: readonly string[], from: string): Promise<void> {
  const isDerived = from !== 'generation'
  const selected = [
    ...key.map((name) => `${isDerived ? name : (dimensions[name] ?? name)} as ${name}`),
    ...columns.map(([name, , value]) => `sum(${isDerived ? name : value}) as ${name}`),
  ]
  const groups = key.map((_, index) => index + 1).join(', ')
  const set = columns.map(([name]) => `${name} = found.${name}`).join(', ')
  const same = key.map((name) => `${table}.${name} = found.${name}`).join(' and ')
  await sql
    .raw(
      `update ${table} set ${set} from (select ${selected.join(', ')} from ${from} group by ${groups}) as found where ${same}`,
    )
    .execute(db)
}
