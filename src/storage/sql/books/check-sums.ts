import { type Kysely, type RawBuilder, sql } from 'kysely'
import { startOfDay, startOfHour } from '../../../util/utc-periods.ts'
import type { BooksCheck, MistakeKind } from '../../stores/books-store.ts'
import { snakeCase } from '../column-name.ts'
import type { Database } from '../database.ts'
import { detailExpressions, dimensionExpressions, sumExpressions } from '../generation-sums.ts'
import { detailedTables } from '../summaries.ts'
import type { Mistakes } from './find-mistakes.ts'

const hourMs = 3_600_000
const dayMs = 86_400_000
/** How many generations are added up at once, about. */
const windowSize = 20_000

const sumNames = Object.keys(sumExpressions)
const detailNames = Object.keys(detailExpressions)
const allExpressions: Readonly<Record<string, string>> = { ...sumExpressions, ...detailExpressions }

/** The tables that have the details too. */
const withDetails: ReadonlySet<string> = new Set(['generation', ...detailedTables.map(snakeCase)])

/** Texts that callers choose are cut in the sums after 200 UTF-16 units, which are at least 100 characters. */
const comparable = (name: string, value: string): string =>
  ['model', 'provider', 'endpoint', 'app', 'external_user'].includes(name) ? `substr(${value}, 1, 100)` : value

/** Rows that are to be compared: of a kept sum, or generations. */
type Side = readonly [table: string, condition: RawBuilder<unknown>]

/** Sums that are kept of generations. */
const ofGenerations = [
  {
    kind: 'sums-of-hours',
    table: 'hourly_usage',
    key: ['account', 'hour', 'key_hash', 'model', 'provider', 'app', 'external_user'],
    owner: 'account',
    period: 'hour',
  },
  {
    kind: 'sums-of-days',
    table: 'daily_key_usage',
    key: ['key_hash', 'day', 'model', 'endpoint', 'provider', 'account'],
    owner: 'key_hash',
    period: 'day',
  },
] as const

/** Sums that follow from others, which are kept for good: these can be compared for all times. */
const amongSums: readonly (readonly [table: string, key: readonly string[], from: string])[] = [
  ['hourly_total', ['hour'], 'hourly_usage'],
  ['daily_usage', ['account', 'day', 'model', 'endpoint', 'provider'], 'daily_key_usage'],
  ['daily_key_total', ['key_hash', 'day', 'account'], 'daily_key_usage'],
  ['daily_key_total', ['key_hash', 'day', 'account'], 'hourly_usage'],
  ['key_total', ['key_hash', 'account'], 'daily_key_total'],
  ['endpoint_total', ['model', 'endpoint', 'provider'], 'daily_key_usage'],
]

/** Compares the kept sums with the generations that are there, and with one another. Returns since when the generations are there whole. */
export async function checkSums(db: Kysely<Database>, mistakes: Mistakes): Promise<BooksCheck['sumsSince']> {
  const since = await wholeSince(db)
  for (const { kind, table, key, owner, period } of ofGenerations) {
    const from = since[`${period}s`]
    if (from === null) continue
    for await (const value of ownersOf(db, owner, ['generation', table])) {
      for await (const [first, end] of windowsOf(db, owner, value, from, period)) {
        const of = (time: string) =>
          end === null
            ? sql`${sql.ref(owner)} = ${value} and ${sql.ref(time)} >= ${first}`
            : sql`${sql.ref(owner)} = ${value} and ${sql.ref(time)} >= ${first} and ${sql.ref(time)} < ${end}`
        await compare(db, mistakes, kind, key, [table, of(period)], ['generation', of('created_at')])
      }
    }
  }
  for (const [table, key, from] of amongSums) {
    await compare(db, mistakes, 'sums-among-sums', key, [table, all], [from, all], `${table} and ${from}: `)
  }
  return since
}

const all = sql`true`

/** Finds the groups of rows whose sums differ. */
async function compare(
  db: Kysely<Database>,
  mistakes: Mistakes,
  kind: MistakeKind,
  key: readonly string[],
  one: Side,
  other: Side,
  prefix = '',
): Promise<void> {
  const keyed = sql.raw(key.join(', '))
  const names = withDetails.has(one[0]) && withDetails.has(other[0]) ? [...sumNames, ...detailNames] : sumNames
  const differing = names.map((name) => `sum(${name}) <> 0`).join(' or ')
  const query = sql`
    select ${keyed} from (${rowsOf(one, key, names, 1)} union all ${rowsOf(other, key, names, -1)}) as entries group by ${keyed}
    having ${sql.raw(differing)} or max(used_one) <> max(used_other)`
  await mistakes.find(db, kind, query, (row) => prefix + describe(row))
}

function rowsOf(
  [table, condition]: Side,
  key: readonly string[],
  names: readonly string[],
  sign: 1 | -1,
): RawBuilder<unknown> {
  const isKept = table !== 'generation'
  const usedAt = isKept ? 'last_used_at' : 'created_at'
  // PostgreSQL takes a column of nulls for text, so its type is given.
  const unused = 'cast(null as bigint)'
  const columns = [
    ...key.map((name) => {
      const value = isKept ? keptDimension(table, name) : (dimensionExpressions[name] ?? name)
      return `${comparable(name, value)} as ${name}`
    }),
    ...names.map((name) => `${sign} * (${isKept ? name : allExpressions[name]}) as ${name}`),
    `${sign === 1 ? usedAt : unused} as used_one`,
    `${sign === 1 ? unused : usedAt} as used_other`,
  ]
  return sql`select ${sql.raw(columns.join(', '))} from ${sql.table(table)} where ${condition}`
}

/** The day of a row that is kept by hour. */
const keptDimension = (table: string, name: string): string =>
  name === 'day' && table === 'hourly_usage' ? `hour - hour % ${dayMs}` : name

const describe = (row: Readonly<Record<string, string | number | null>>): string =>
  Object.entries(row)
    .filter(([, value]) => value !== null && value !== '')
    .map(([name, value]) => `${name} ${typeof value === 'number' ? new Date(value).toISOString() : value}`)
    .join(', ')

/**
 * Finds since when the generations are there whole. Retention deletes the oldest, so the hour and the day of the oldest that is there may
 * lack some. Where any sum over all has as many requests as there are generations, none was deleted.
 */
async function wholeSince(db: Kysely<Database>): Promise<BooksCheck['sumsSince']> {
  const { rows } = await sql<Readonly<Record<'first' | 'generations' | 'hours' | 'keys' | 'endpoints', number | null>>>`
    select (select min(created_at) from generation) as first, (select count(*) from generation) as generations,
      (select sum(requests) from hourly_total) as hours, (select sum(requests) from key_total) as keys,
      (select sum(requests) from endpoint_total) as endpoints`.execute(db)
  const { first = null, generations = 0, hours = 0, keys = 0, endpoints = 0 } = rows[0] ?? {}
  if ([hours, keys, endpoints].some((requests) => (requests ?? 0) === generations)) return { hours: 0, days: 0 }
  if (first === null) return { hours: null, days: null }
  return { hours: startOfHour(first) + hourMs, days: startOfDay(first) + dayMs }
}

/** Lists the accounts or keys of some tables, one look-up in an index for each. */
async function* ownersOf(
  db: Kysely<Database>,
  column: 'account' | 'key_hash',
  tables: readonly string[],
): AsyncGenerator<string> {
  let last = ''
  for (;;) {
    const smallest = tables.map(
      (table) =>
        sql`select min(${sql.ref(column)}) as name from ${sql.table(table)} where ${sql.ref(column)} > ${last}`,
    )
    const query = sql<{ readonly name: string | null }>`
      select min(name) as name from (${sql.join(smallest, sql` union all `)}) as found`
    const { rows } = await query.execute(db)
    const next = rows[0]?.name ?? null
    if (next === null) return
    yield next
    last = next
  }
}

/** Divides the time since a moment into periods with about as many generations each. The last one has no end. */
async function* windowsOf(
  db: Kysely<Database>,
  owner: 'account' | 'key_hash',
  value: string,
  since: number,
  period: 'hour' | 'day',
): AsyncGenerator<readonly [first: number, end: number | null]> {
  let first = since
  for (;;) {
    const query = sql<{ readonly at: number }>`
      select created_at as at from generation where ${sql.ref(owner)} = ${value} and created_at >= ${first}
      order by created_at limit 1 offset ${windowSize}`
    const { rows } = await query.execute(db)
    const at = rows[0]?.at
    if (at === undefined) break
    const end = period === 'hour' ? startOfHour(at) + hourMs : startOfDay(at) + dayMs
    yield [first, end]
    first = end
  }
  yield [first, null]
}
