import { sql, type Kysely } from 'kysely'
import type { Database } from './database.ts'

const dayMs = 86_400_000
const cost = sql<number>`coalesce(sum(cost), 0)`.as('cost')

/**
 * Returns what a key or the keys of an account have spent since a UTC day began: one row a key and day, or one a key for everything.
 * @param except The ids of at most 500 generations that are not counted, written or not.
 */
export async function spent(
  db: Kysely<Database>,
  column: 'keyHash' | 'account',
  value: string,
  since: number,
  except: readonly string[] = [],
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
