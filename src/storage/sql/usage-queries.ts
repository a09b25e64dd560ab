import { sql, type Kysely } from 'kysely'
import { startOfDay, startOfMonth, startOfWeek } from '../../util/utc-periods.ts'
import type { AccountPeriod, KeyUsage, ModelUsageRow, UsageStore } from '../stores/usage-store.ts'
import type { Database } from './database.ts'

/** The sums that are read: those of a summary, but for what generations take on disk. */
const names = [
  'requests',
  'failures',
  'promptTokens',
  'completionTokens',
  'reasoningTokens',
  'cachedTokens',
  'cost',
  'promptCost',
  'completionCost',
  'otherCost',
  'byokCost',
  'latency',
  'latencyRequests',
  'generationTime',
] as const

/** Adds up rows of a summary. */
const sums = [
  ...names.map((name) => sql<number>`sum(${sql.ref(name)})`.as(name)),
  sql<number>`max(${sql.ref('lastUsedAt')})`.as('lastUsedAt'),
]
const cost = sql<number>`coalesce(sum(cost), 0)`.as('cost')

/** Creates the store of sums. */
export function createUsageStore(db: Kysely<Database>): UsageStore {
  /** The days of an account, by model, endpoint and provider. */
  const days = ({ account, since, until }: AccountPeriod) =>
    db.selectFrom('dailyUsage').where('account', '=', account).where('day', '>=', since).where('day', '<', until)
  return {
    spent: (keyHash, since, except = []) => spentOf(db, 'keyHash', keyHash, since, except),
    spentByAccount: (account, since, except = []) => spentOf(db, 'account', account, since, except),
    ofKeys: (keyHashes, now) => usageOfKeys(db, keyHashes, now),
    byModel: (period) => days(period).select('model').select(sums).groupBy('model').execute(),
    byKey: ({ account, since, until }) =>
      db
        .selectFrom('dailyKeyTotal')
        .select('keyHash')
        .select(sums)
        .where('account', '=', account)
        .where('day', '>=', since)
        .where('day', '<', until)
        .groupBy('keyHash')
        .execute(),
    activity: (period, keyHash) =>
      keyHash === undefined
        ? days(period).selectAll().orderBy('day', 'desc').execute()
        : db
            .selectFrom('dailyKeyUsage')
            .selectAll()
            .where('keyHash', '=', keyHash)
            .where('day', '>=', period.since)
            .where('day', '<', period.until)
            .where('account', '=', period.account)
            .orderBy('day', 'desc')
            .execute(),
    byHour: ({ account, since, until }, dimension) =>
      db
        .selectFrom('hourlyUsage')
        .select(['hour', sql<string>`${sql.ref(dimension)}`.as('name')])
        .select(sums)
        .where('account', '=', account)
        .where('hour', '>=', since)
        .where('hour', '<', until)
        .groupBy(['hour', dimension])
        .orderBy('hour')
        .execute(),
    ofModels: (since) => usageOfModels(db, since),
  }
}

/** Reads what was spent: one row a key and day, or one a key for everything. */
async function spentOf(
  db: Kysely<Database>,
  column: 'keyHash' | 'account',
  value: string,
  since: number,
  except: readonly string[],
): Promise<number> {
  if (since % dayMs !== 0) throw new RangeError(`Sums are kept by UTC day, and ${since} is not the beginning of one.`)
  const sum =
    since === 0
      ? db.selectFrom('keyTotal').select(cost).where(column, '=', value)
      : db.selectFrom('dailyKeyTotal').select(cost).where(column, '=', value).where('day', '>=', since)
  if (except.length === 0) return (await sum.executeTakeFirstOrThrow()).cost
  const excepted = db
    .selectFrom('generation')
    .select(cost)
    .where('id', 'in', except)
    .where(column, '=', value)
    .where('createdAt', '>=', since)
  // One statement sees one state of the database.
  const all = db.selectFrom([sum.as('sum'), excepted.as('excepted')])
  const rest = await all.select(sql<number>`sum.cost - excepted.cost`.as('cost')).executeTakeFirstOrThrow()
  return rest.cost
}

const dayMs = 86_400_000

const nothing = { cost: 0, byokCost: 0 }
const unused: KeyUsage = { total: nothing, daily: nothing, weekly: nothing, monthly: nothing, lastUsedAt: null }

async function usageOfKeys(
  db: Kysely<Database>,
  keyHashes: readonly string[],
  now: number,
): Promise<ReadonlyMap<string, KeyUsage>> {
  const usage = new Map(keyHashes.map((keyHash) => [keyHash, unused]))
  if (keyHashes.length === 0) return usage
  const periods = { daily: startOfDay(now), weekly: startOfWeek(now), monthly: startOfMonth(now) }
  const [totals, days] = await Promise.all([
    db
      .selectFrom('keyTotal')
      .select(['keyHash', 'cost', 'byokCost', 'lastUsedAt'])
      .where('keyHash', 'in', keyHashes)
      .execute(),
    db
      .selectFrom('dailyKeyTotal')
      .select(['keyHash', 'day', 'cost', 'byokCost'])
      .where('keyHash', 'in', keyHashes)
      .where('day', '>=', Math.min(...Object.values(periods)))
      .execute(),
  ])
  const daysOf = Map.groupBy(days, ({ keyHash }) => keyHash)
  for (const [keyHash, rows] of Map.groupBy(totals, ({ keyHash }) => keyHash)) {
    const since = (start: number) => spendingOf((daysOf.get(keyHash) ?? []).filter(({ day }) => day >= start))
    usage.set(keyHash, {
      total: spendingOf(rows),
      daily: since(periods.daily),
      weekly: since(periods.weekly),
      monthly: since(periods.monthly),
      lastUsedAt: Math.max(...rows.map(({ lastUsedAt }) => lastUsedAt)),
    })
  }
  return usage
}

const spendingOf = (rows: readonly { readonly cost: number; readonly byokCost: number }[]): KeyUsage['total'] =>
  rows.reduce((sum, row) => ({ cost: sum.cost + row.cost, byokCost: sum.byokCost + row.byokCost }), nothing)

const tokens = sql<number>`sum(prompt_tokens + completion_tokens)`.as('tokens')
const requests = sql<number>`sum(requests)`.as('requests')

/** Reads the totals and the days in one query, so that both have the same generations. */
async function usageOfModels(db: Kysely<Database>, since: number): Promise<readonly ModelUsageRow[]> {
  const rows = await db
    .selectFrom('endpointTotal')
    .select(['model', sql<number | null>`cast(null as bigint)`.as('day'), requests, tokens])
    .where('endpoint', '!=', '')
    .groupBy('model')
    .unionAll(
      db
        .selectFrom('dailyUsage')
        .select(['model', sql<number | null>`day`.as('day'), requests, tokens])
        .where('day', '>=', since)
        .where('endpoint', '!=', '')
        .groupBy(['model', 'day']),
    )
    .execute()
  const days = Map.groupBy(
    rows.filter(({ day }) => day !== null),
    ({ model }) => model,
  )
  const before = rows
    .filter(({ day }) => day === null)
    .map((total) =>
      (days.get(total.model) ?? []).reduce(
        (rest, day) => ({ ...rest, requests: rest.requests - day.requests, tokens: rest.tokens - day.tokens }),
        total,
      ),
    )
  return [...before.filter((row) => row.requests > 0), ...[...days.values()].flat()]
}
