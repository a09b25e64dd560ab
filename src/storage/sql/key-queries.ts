import { fieldNames } from '../../canonical/record-fields.ts'
import { keyFields, type KeyStore } from '../stores/key-store.ts'
import type { Engine } from './engine.ts'
import { fromRow, toColumns } from './rows.ts'
import { watchedChanges } from './watched-changes.ts'

const keyColumns = fieldNames(keyFields)

/** Creates the store of keys. */
export function createKeyStore(engine: Engine): KeyStore {
  const { readSoon } = engine
  const { change, onChange } = watchedChanges(engine)
  return {
    list: async () => {
      const rows = await readSoon((db) =>
        db.selectFrom('apiKey').select(keyColumns).orderBy('createdAt').orderBy('hash').execute(),
      )
      return rows.map((row) => fromRow(keyFields, row))
    },
    insert: async (key) => {
      const row = toColumns<typeof keyFields, keyof typeof keyFields>(key)
      await change((changing) => changing.insertInto('apiKey').values(row).execute())
    },
    update: async (hash, fields) => {
      const row = toColumns<typeof keyFields>(fields)
      const { numUpdatedRows } = await change((changing) =>
        changing.updateTable('apiKey').set(row).where('hash', '=', hash).executeTakeFirst(),
      )
      return numUpdatedRows > 0n
    },
    delete: async (hash) => {
      const { numDeletedRows } = await change((changing) =>
        changing.deleteFrom('apiKey').where('hash', '=', hash).executeTakeFirst(),
      )
      return numDeletedRows > 0n
    },
    onChange,
  }
}
