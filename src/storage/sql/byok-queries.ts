import type { Kysely } from 'kysely'
import { byokFields, type ByokStore } from '../stores/byok-store.ts'
import type { Database } from './database.ts'
import { fromRow, toColumns } from './rows.ts'

/** The only row of the table of the mark. */
const only = 'stored-secrets'

/**
 * Creates the store of the keys that accounts brought.
 * @param watch Calls the listener after another process has written to the database, and returns a function that ends the watch.
 */
export function createByokStore(db: Kysely<Database>, watch: (listener: () => void) => () => void): ByokStore {
  const listeners = new Set<() => void>()
  const notify = (): void => {
    for (const listener of listeners) listener()
  }
  return {
    list: async (account) => {
      const all = db.selectFrom('byokKey').selectAll()
      const wanted = account === undefined ? all : all.where('account', '=', account)
      const rows = await wanted
        .orderBy('account')
        .orderBy('provider')
        .orderBy('sortOrder')
        .orderBy('createdAt')
        .orderBy('id')
        .execute()
      return rows.map((row) => fromRow(byokFields, row))
    },
    insert: async (record) => {
      await db.insertInto('byokKey').values(toColumns<typeof byokFields, keyof typeof byokFields>(record)).execute()
      notify()
    },
    update: async (id, account, change) => {
      const { numUpdatedRows } = await db
        .updateTable('byokKey')
        .set(toColumns<typeof byokFields>(change))
        .where('id', '=', id)
        .where('account', '=', account)
        .executeTakeFirst()
      notify()
      return numUpdatedRows > 0n
    },
    delete: async (id, account) => {
      const { numDeletedRows } = await db
        .deleteFrom('byokKey')
        .where('id', '=', id)
        .where('account', '=', account)
        .executeTakeFirst()
      notify()
      return numDeletedRows > 0n
    },
    reseal: async (id, before, after) => {
      const { numUpdatedRows } = await db
        .updateTable('byokKey')
        .set({ sealedKey: after })
        .where('id', '=', id)
        .where('sealedKey', '=', before)
        .executeTakeFirst()
      notify()
      return numUpdatedRows > 0n
    },
    claimKeyMark: async (mark) => {
      // Of several that start at once, the first one's mark is kept, and the others read it.
      await db
        .insertInto('secretKeyMark')
        .values({ purpose: only, mark })
        .onConflict((conflict) => conflict.column('purpose').doNothing())
        .execute()
      const row = await db
        .selectFrom('secretKeyMark')
        .select('mark')
        .where('purpose', '=', only)
        .executeTakeFirstOrThrow()
      return row.mark
    },
    setKeyMark: async (mark) => {
      await db.updateTable('secretKeyMark').set({ mark }).where('purpose', '=', only).execute()
      notify()
    },
    onChange: (listener) => {
      listeners.add(listener)
      const stop = watch(listener)
      return () => {
        listeners.delete(listener)
        stop()
      }
    },
  }
}
