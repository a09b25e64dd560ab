import type { Kysely } from 'kysely'
import { fieldNames } from '../../canonical/record-fields.ts'
import { creditFields, type CreditStore } from '../stores/credit-store.ts'
import type { Database, WriteGroup } from './database.ts'
import { insertSql } from './insert-sql.ts'
import { fromRow, toRow } from './rows.ts'

const creditColumns = fieldNames(creditFields)

/**
 * Creates the store of credits.
 * @param watch Calls the listener after another process has written to the database, and returns a function that ends the watch.
 */
export function createCreditStore(
  db: Kysely<Database>,
  writeGroup: WriteGroup,
  watch: (listener: () => void) => () => void,
): CreditStore {
  const intoCredit = insertSql(db, 'credit', creditColumns)
  const listeners = new Set<() => void>()
  return {
    list: async () => {
      const rows = await db.selectFrom('credit').selectAll().orderBy('createdAt').orderBy('id').execute()
      return rows.map((row) => fromRow(creditFields, row))
    },
    add: async (credit) => {
      await writeGroup([{ sql: intoCredit, rows: [toRow<typeof creditFields>(credit, creditColumns)] }])
      for (const listener of listeners) listener()
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
