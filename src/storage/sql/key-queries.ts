import type { Kysely } from 'kysely'
import { fieldNames } from '../../canonical/record-fields.ts'
import { keyFields, type KeyStore } from '../stores/key-store.ts'
import type { Database, WriteGroup } from './database.ts'
import { insertSql } from './insert-sql.ts'
import { fromRow } from './rows.ts'

const keyColumns = fieldNames(keyFields)

/**
 * Creates the store of keys.
 * @param watch Calls the listener after another process has written to the database, and returns a function that ends the watch.
 */
export function createKeyStore(
  db: Kysely<Database>,
  writeGroup: WriteGroup,
  watch: (listener: () => void) => () => void,
): KeyStore {
  const intoKey = insertSql(db, 'apiKey', keyColumns)
  const listeners = new Set<() => void>()
  const notify = (): void => {
    for (const listener of listeners) listener()
  }
  return {
    list: async () => {
      const rows = await db.selectFrom('apiKey').selectAll().orderBy('createdAt').orderBy('hash').execute()
      return rows.map((row) => fromRow(keyFields, row))
    },
    insert: async (key) => {
      await writeGroup([JSON.stringify(key)], [{ sql: intoKey, fields: keyColumns }])
      notify()
    },
    update: async (hash, { disabled, ...change }) => {
      const row = { ...change, ...(disabled !== undefined && { disabled: Number(disabled) }) }
      const { numUpdatedRows } = await db.updateTable('apiKey').set(row).where('hash', '=', hash).executeTakeFirst()
      notify()
      return numUpdatedRows > 0n
    },
    delete: async (hash) => {
      const { numDeletedRows } = await db.deleteFrom('apiKey').where('hash', '=', hash).executeTakeFirst()
      notify()
      return numDeletedRows > 0n
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
