import { sql, type Kysely } from 'kysely'
import { startOfDay, startOfMonth, startOfWeek } from '../../util/utc-periods.ts'
import type { Payer } from '../stores/lease-store.ts'
import type { AccountPeriod, KeyUsage, UsageStore } from '../stores/usage-store.ts'
import type { Database } from './database.ts'
import { spent } from './spent.ts'
import { unindexed } from './unindexed.ts'
import { usageByModel } from './usage-by-model.ts'

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
  'toolCost',
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

const activity = ['day', 'model', 'endpoint', 'provider', ...names, 'lastUsedAt'] as const

/** Creates the store of sums. */
export function createUsageStore(db: Kysely<Database>): UsageStore {
  /** The days of an account, by model, endpoint and provider. */
  const days = ({ account, since, until }: AccountPeriod) =>
    db.selectFrom('dailyUsage').where('account', '=', account).where('day', '>=', since).where('day', '<', until)
  const spentBy =
    (amount: 'cost' | 'byokCost', column: Payer['column']): UsageStore['spent'] =>
    (value, start, except = [], end = Infinity) =>
      spent(db, amount, { column, value }, { start, end }, except)
  return {
    spent: spentBy('cost', 'keyHash'),
    spentByAccount: spentBy('cost', 'account'),
    byokSpent: spentBy('byokCost', 'keyHash'),
    byokSpentByAccount: spentBy('byokCost', 'account'),
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
        ? days(period).select(activity).orderBy('day', 'desc').execute()
        : db
            .selectFrom('dailyKeyUsage')
            .select(activity)
            .where('keyHash', '=', keyHash)
            .where('day', '>=', period.since)
            .where('day', '<', period.until)
            .where(unindexed('account'), '=', period.account)
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
    ofModels: (since) => usageByModel(db, since),
  }
}

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
