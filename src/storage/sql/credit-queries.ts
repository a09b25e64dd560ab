import { fieldNames } from '../../canonical/record-fields.ts'
import { creditFields, type CreditStore } from '../stores/credit-store.ts'
import type { Engine } from './engine.ts'
import { fromRow } from './rows.ts'

const creditColumns = fieldNames(creditFields)

/** Creates the store of credits. */
export function createCreditStore({ db, transaction, announce, watch }: Engine): CreditStore {
  const listeners = new Set<() => void>()
  return {
    list: async () => {
      const rows = await db.selectFrom('credit').select(creditColumns).orderBy('createdAt').orderBy('id').execute()
      return rows.map((row) => fromRow(creditFields, row))
    },
    add: async (credit) => {
      await transaction(async (changing) => {
        await changing.insertInto('credit').values(credit).execute()
        await announce(changing)
      })
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
