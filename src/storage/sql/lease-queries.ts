import { sql, type Transaction } from 'kysely'
import type { Leased, LeaseRequest, LeaseStore, Spending } from '../stores/lease-store.ts'
import type { Database } from './database.ts'
import type { Engine } from './engine.ts'
import { spent } from './spent.ts'

/** How long a node may be silent before its leases are free for others. */
const silentMs = 30_000
/** How long the name of a budget is kept that nobody leases from any more. */
const forgottenMs = 86_400_000

/** Creates the store of leases. All times are those of the database, so that the clocks of the nodes do not matter. */
export function createLeaseStore(engine: Engine): LeaseStore {
  const { now } = engine
  return {
    lease: (request) => engine.transaction((transaction) => lease(transaction, engine, request)),
    beat: async (node) => {
      const { numUpdatedRows } = await engine.db
        .updateTable('node')
        .set({ seenAt: now })
        .where('id', '=', node)
        .executeTakeFirst()
      const isKnown = numUpdatedRows > 0n
      if (!isKnown) await engine.db.insertInto('node').values({ id: node, seenAt: now }).execute()
      await engine.db
        .deleteFrom('node')
        .where('seenAt', '<', sql<number>`${now} - ${sql.lit(silentMs)}`)
        .execute()
      const living = engine.db.selectFrom('node').select('id')
      await engine.db.deleteFrom('lease').where('node', 'not in', living).execute()
      await engine.db
        .deleteFrom('leasedBudget')
        .where('leasedAt', '<', sql<number>`${now} - ${sql.lit(forgottenMs)}`)
        .execute()
      return isKnown
    },
    leave: (node) =>
      engine.transaction(async (transaction) => {
        await transaction.deleteFrom('lease').where('node', '=', node).execute()
        await transaction.deleteFrom('node').where('id', '=', node).execute()
      }),
  }
}

async function lease(transaction: Transaction<Database>, { now }: Engine, request: LeaseRequest): Promise<Leased> {
  const { node, budget, spending, limit, committed, needed, spare, uncertain } = request
  // The write locks the budget: whoever else leases from it waits here, and then reads what was committed meanwhile.
  await transaction
    .insertInto('leasedBudget')
    .values({ id: budget, leasedAt: now })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ leasedAt: now }))
    .execute()
  // Leases are read before what is on record: an amount that goes from the one to the other in between is counted twice, never not at all.
  const { leased } = await transaction
    .selectFrom('lease')
    .innerJoin('node', 'node.id', 'lease.node')
    .select(sql<number>`coalesce(sum(lease.amount), 0)`.as('leased'))
    .where('lease.budget', '=', budget)
    .where('lease.node', '!=', node)
    .where('node.seenAt', '>=', sql<number>`${now} - ${sql.lit(silentMs)}`)
    .executeTakeFirstOrThrow()
  const recorded = await spentIn(transaction, spending, uncertain)
  const free = Math.max(0, limit - recorded - leased - committed)
  const amount = committed + Math.min(free, Math.max(needed, Math.min(needed + spare, Math.floor(free / 2))))
  if (amount > 0) {
    await transaction
      .insertInto('lease')
      .values({ budget, node, amount })
      .onConflict((conflict) => conflict.columns(['budget', 'node']).doUpdateSet({ amount }))
      .execute()
  } else await transaction.deleteFrom('lease').where('budget', '=', budget).where('node', '=', node).execute()
  return { amount, recorded }
}

async function spentIn(
  transaction: Transaction<Database>,
  { payer, period, includesByok }: Spending,
  except: readonly string[],
): Promise<number> {
  const cost = await spent(transaction, 'cost', payer, period, except)
  return includesByok ? cost + (await spent(transaction, 'byokCost', payer, period, except)) : cost
}
