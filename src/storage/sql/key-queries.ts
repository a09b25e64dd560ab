import type { Kysely } from 'kysely'
import type { KeyRecord, KeyStore } from '../stores/key-store.ts'
import type { Database, WriteGroup } from './database.ts'
import { insertSql, storable } from './insert-sql.ts'

const keyColumns = [
  'hash',
  'name',
  'label',
  'account',
  'limit',
  'management',
  'disabled',
  'expiresAt',
  'createdAt',
  'updatedAt',
] as const satisfies readonly (keyof Database['apiKey'])[]

/** `watch` calls back after another process wrote to the database, and returns a function that stops it. */
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
      return rows.map(keyRecord)
    },
    insert: async (key) => {
      await writeGroup([{ sql: intoKey, rows: [keyColumns.map((column) => storable(key[column]))] }])
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

const keyRecord = (row: Database['apiKey']): KeyRecord => ({
  ...row,
  management: row.management === 1,
  disabled: row.disabled === 1,
})
