import { type Kysely, type RawBuilder, sql } from 'kysely'
import { type Period, periodAt, startOfDay } from '../../util/utc-periods.ts'
import type {
  AnalyticsCondition,
  AnalyticsQuery,
  AnalyticsRow,
  AnalyticsStep,
  AnalyticsStore,
} from '../stores/analytics-store.ts'
import type { UsageDimension } from '../stores/usage-store.ts'
import { snakeCase } from './column-name.ts'
import type { Database } from './database.ts'
import { detailExpressions, dimensionExpressions, sumExpressions } from './generation-sums.ts'
import { unindexed } from './unindexed.ts'

const minuteMs = 60_000
const dayMs = 86_400_000
const weekMs = 7 * dayMs

/** A table that a piece of a period is read from. */
interface Source {
  readonly table: 'generation' | 'hourly_usage' | 'daily_usage' | 'daily_key_usage'
  readonly time: 'created_at' | 'hour' | 'day'
  /** How much is read at once, in milliseconds. */
  readonly pieceMs: number
}

const minutes: Source = { table: 'generation', time: 'created_at', pieceMs: 10 * minuteMs }
const hours: Source = { table: 'hourly_usage', time: 'hour', pieceMs: weekMs }
const days: Source = { table: 'daily_usage', time: 'day', pieceMs: 8 * weekMs }
const daysOfKeys: Source = { table: 'daily_key_usage', time: 'day', pieceMs: 8 * weekMs }

/** Creates the store of sums for analytics. */
export const createAnalyticsStore = (db: Kysely<Database>): AnalyticsStore => ({
  async *addUp(query) {
    for (const [source, since, until] of piecesOf(query)) yield readPiece(db, query, source, since, until)
  },
})

/** Divides a period among the tables. Whole days are read from sums by day, where these have the dimensions. */
function* piecesOf(query: AnalyticsQuery): Generator<readonly [source: Source, since: number, until: number]> {
  const { since, until, step } = query
  if (step === 'minute') return yield* cut(minutes, since, until, step)
  const byDay = step === 'hour' ? null : sourceByDay(query)
  const firstDay = startOfDay(since + dayMs - 1)
  const lastDay = startOfDay(until)
  if (byDay === null || firstDay >= lastDay) return yield* cut(hours, since, until, step)
  yield* cut(hours, since, firstDay, step)
  yield* cut(byDay, firstDay, lastDay, step)
  yield* cut(hours, lastDay, until, step)
}

/** Returns the smallest summary by day that has the dimensions; null where none has them. */
function sourceByDay({ dimensions, conditions }: AnalyticsQuery): Source | null {
  const used = new Set([...dimensions, ...conditions.map(({ dimension }) => dimension)])
  if (used.has('app') || used.has('externalUser')) return null
  return used.has('keyHash') ? daysOfKeys : days
}

/** Cuts a period into pieces. None has parts of two weeks or months where these are the step, so that its rows need not be divided. */
function* cut(
  source: Source,
  since: number,
  until: number,
  step: AnalyticsStep | null,
): Generator<readonly [Source, number, number]> {
  for (let from = since; from < until;) {
    const end = Math.min(until, from + source.pieceMs, longPeriodAt(step, from)?.end ?? until)
    yield [source, from, end]
    from = end
  }
}

/** Returns the week or month that a moment is in; null where the step is shorter, or there is none. */
function longPeriodAt(step: AnalyticsStep | null, at: number): Period | null {
  if (step === 'week') return periodAt('weekly', at)
  return step === 'month' ? periodAt('monthly', at) : null
}

async function readPiece(
  db: Kysely<Database>,
  query: AnalyticsQuery,
  { table, time }: Source,
  since: number,
  until: number,
): Promise<readonly AnalyticsRow[]> {
  const { account, step, dimensions, conditions, measures, mostRows } = query
  const valueOf = (dimension: UsageDimension): string => {
    const name = snakeCase(dimension)
    return table === 'generation' ? (dimensionExpressions[name] ?? name) : name
  }
  const sumOf = (measure: string): string => {
    const name = snakeCase(measure)
    return table === 'generation' ? (sumExpressions[name] ?? detailExpressions[name] ?? name) : name
  }
  const groups = [
    ...(step === null ? [] : [`${longPeriodAt(step, since)?.start ?? startOf(time, step)} as at`]),
    ...dimensions.map((dimension, index) => `${valueOf(dimension)} as value${index}`),
  ]
  const columns = [...groups, ...measures.map((measure, index) => `sum(${sumOf(measure)}) as sum${index}`)]
  const grouping = groups.length === 0 ? '' : `group by ${groups.map((_, index) => index + 1).join(', ')}`
  const isOfKeys = table === daysOfKeys.table && conditions.some(namesKeys)
  const where = [
    sql`${isOfKeys ? unindexed('account') : sql.ref('account')} = ${account}`,
    sql`${sql.raw(time)} >= ${since} and ${sql.raw(time)} < ${until}`,
    ...conditions.map((condition) => conditionSql(condition, valueOf(condition.dimension))),
  ]
  const { rows } = await sql<
    Readonly<Record<string, number | string | null>>
  >`select ${sql.raw(columns.join(', '))} from ${sql.raw(table)}
    where ${sql.join(where, sql` and `)} ${sql.raw(grouping)} limit ${mostRows}`.execute(db)
  return rows.map((row) => ({
    at: step === null ? null : Number(row['at']),
    values: dimensions.map((_, index) => String(row[`value${index}`] ?? '')),
    sums: Object.fromEntries(measures.map((measure, index) => [measure, Number(row[`sum${index}`] ?? 0)])),
  }))
}

/** Tells whether only the rows of some keys are read, by the primary key of their summary. */
const namesKeys = (condition: AnalyticsCondition): boolean =>
  condition.dimension === 'keyHash' && condition.operator === 'in' && !condition.includeUnset

/** Returns the beginning of the step that a row is in. */
function startOf(time: Source['time'], step: AnalyticsStep): string {
  const length = step === 'minute' ? minuteMs : step === 'hour' ? minuteMs * 60 : dayMs
  return time === step ? time : `${time} - ${time} % ${length}`
}

function conditionSql(condition: AnalyticsCondition, column: string): RawBuilder<unknown> {
  const value = sql.raw(column)
  if ('value' in condition) return sql`(${value} <> '' and ${value} ${sql.raw(condition.operator)} ${condition.value})`
  const { operator, values, includeUnset } = condition
  const isAmong = values.length === 0 ? sql`1 = 0` : sql`${value} in (${sql.join(values)})`
  if (operator === 'in') return includeUnset ? sql`(${isAmong} or ${value} = '')` : sql`(${isAmong})`
  return includeUnset ? sql`(not (${isAmong}))` : sql`(not (${isAmong}) and ${value} <> '')`
}
