import { fieldNames } from '../../canonical/record-fields.ts'
import { creditFields, type CreditStore } from '../stores/credit-store.ts'
import type { Engine } from './engine.ts'
import { fromRow } from './rows.ts'
import { watchedChanges } from './watched-changes.ts'

const creditColumns = fieldNames(creditFields)

/** Creates the store of credits. */
export function createCreditStore(engine: Engine): CreditStore {
  const { change, onChange } = watchedChanges(engine)
  return {
    list: async () => {
      const rows = await engine.readSoon((db) =>
        db.selectFrom('credit').select(creditColumns).orderBy('createdAt').orderBy('id').execute(),
      )
      return rows.map((row) => fromRow(creditFields, row))
    },
    add: async (credit) => {
      await change((changing) => changing.insertInto('credit').values(credit).execute())
    },
    onChange,
  }
}
