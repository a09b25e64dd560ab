import { fieldNames } from '../../canonical/record-fields.ts'
import { destinationFields, type DestinationStore } from '../stores/destination-store.ts'
import type { Engine } from './engine.ts'
import { fromRow, toColumns } from './rows.ts'
import { watchedChanges } from './watched-changes.ts'

const destinationColumns = fieldNames(destinationFields)

/** Creates the store of destinations. */
export function createDestinationStore(engine: Engine): DestinationStore {
  const { readSoon } = engine
  const { change, onChange } = watchedChanges(engine)
  return {
    list: async () => {
      const rows = await readSoon((db) =>
        db
          .selectFrom('destination')
          .select(destinationColumns)
          .where('deletedAt', 'is', null)
          .orderBy('createdAt')
          .orderBy('id')
          .execute(),
      )
      return rows.map((row) => fromRow(destinationFields, row))
    },
    insert: async (record) => {
      const row = toColumns<typeof destinationFields, keyof typeof destinationFields>(record)
      await change((changing) => changing.insertInto('destination').values(row).execute())
    },
    update: async ({ id, account, updatedAt }, fields) => {
      const { numUpdatedRows } = await change((changing) =>
        changing
          .updateTable('destination')
          .set(toColumns<typeof destinationFields>(fields))
          .where('id', '=', id)
          .where('account', '=', account)
          .where('updatedAt', '=', updatedAt)
          .where('deletedAt', 'is', null)
          .executeTakeFirst(),
      )
      return numUpdatedRows > 0n
    },
    delete: async (id, account, now) => {
      const { numUpdatedRows } = await change((changing) =>
        changing
          .updateTable('destination')
          .set({ deletedAt: now, sealedConfig: '' })
          .where('id', '=', id)
          .where('account', '=', account)
          .where('deletedAt', 'is', null)
          .executeTakeFirst(),
      )
      return numUpdatedRows > 0n
    },
    reseal: async (id, before, after) => {
      const { numUpdatedRows } = await change((changing) =>
        changing
          .updateTable('destination')
          .set({ sealedConfig: after })
          .where('id', '=', id)
          .where('sealedConfig', '=', before)
          .executeTakeFirst(),
      )
      return numUpdatedRows > 0n
    },
    onChange,
  }
}
