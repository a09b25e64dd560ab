import { sql, type Kysely } from 'kysely'
import type { Period } from '../../util/utc-periods.ts'
import type { Payer } from '../stores/lease-store.ts'
import type { Database } from './database.ts'

const dayMs = 86_400_000

/** What is added up: the column of the summaries, and that of the generations from which it follows. */
const amounts = {
  cost: { sum: 'cost', from: 'cost' },
  byokCost: { sum: 'byokCost', from: 'upstreamCost' },
} as const

const added = (column: string) => sql<number>`coalesce(sum(${sql.ref(column)}), 0)`.as('amount')

/**
 * Returns what a key or the keys of an account have spent in a period of UTC days: one row a key and day, or one a key for everything.
 * @param except The ids of at most 500 generations that are not counted, written or not.
 */
export async function spent(
  db: Kysely<Database>,
  amount: keyof typeof amounts,
  { column, value }: Payer,
  { start, end }: Period,
  except: readonly string[],
): Promise<number> {
  const ends = end === Infinity ? [] : [end]
  const odd = [start, ...ends].find((bound) => bound % dayMs !== 0)
  if (odd !== undefined) throw new RangeError(`Sums are kept by UTC day, and ${odd} is not the beginning of one.`)
  const { sum, from } = amounts[amount]
  const all =
    start === 0 && end === Infinity
      ? db.selectFrom('keyTotal').select(added(sum)).where(column, '=', value)
      : db
          .selectFrom('dailyKeyTotal')
          .select(added(sum))
          .where(column, '=', value)
          .where('day', '>=', start)
          .$if(end !== Infinity, (days) => days.where('day', '<', end))
  if (except.length === 0) return (await all.executeTakeFirstOrThrow()).amount
  const excepted = db
    .selectFrom('generation')
    .select(added(from))
    .where('id', 'in', except)
    .where(column, '=', value)
    .where('createdAt', '>=', start)
    .$if(end !== Infinity, (written) => written.where('createdAt', '<', end))
  // One statement sees one state of the database.
  const both = db.selectFrom([all.as('sum'), excepted.as('excepted')])
  const rest = await both.select(sql<number>`sum.amount - excepted.amount`.as('amount')).executeTakeFirstOrThrow()
  return rest.amount
}
