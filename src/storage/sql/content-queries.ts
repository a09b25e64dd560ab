import { fieldNames } from '../../canonical/record-fields.ts'
import { contentFields, type ContentStore } from '../stores/content-store.ts'
import type { Engine } from './engine.ts'
import { fromRow } from './rows.ts'

const contentColumns = fieldNames(contentFields)

/** Creates the store of the contents of generations. */
export const createContentStore = ({ db, transaction }: Engine): ContentStore => ({
  write: async (contents) => {
    await transaction((changing) =>
      changing
        .insertInto('generationContent')
        .values([...contents])
        .onConflict((conflict) => conflict.column('generationId').doNothing())
        .execute(),
    )
  },
  find: async (generationId, account) => {
    const row = await db
      .selectFrom('generationContent')
      .select(contentColumns)
      .where('generationId', '=', generationId)
      .where('account', '=', account)
      .executeTakeFirst()
    return row === undefined ? null : fromRow(contentFields, row)
  },
})
