import { fieldNames } from '../../canonical/record-fields.ts'
import { byokFields, type ByokRecord, type ByokStore } from '../stores/byok-store.ts'
import type { Engine } from './engine.ts'
import { fromRow, toColumns } from './rows.ts'
import { watchedChanges } from './watched-changes.ts'

const byokColumns = fieldNames(byokFields)

/** The only row of the table of the mark. */
const only = 'stored-secrets'

/** Creates the store of the keys that accounts brought. */
export function createByokStore(engine: Engine): ByokStore {
  const { db, transaction, readSoon } = engine
  const { change, onChange } = watchedChanges(engine)
  return {
    list: async (account) => {
      const rows = await readSoon((db) => {
        const all = db.selectFrom('byokKey').select(byokColumns)
        const wanted = account === undefined ? all : all.where('account', '=', account)
        return wanted.orderBy('sortOrder').orderBy('createdAt').orderBy('id').execute()
      })
      // Sorted here, because PostgreSQL orders texts by the language of the database.
      return rows.map((row) => fromRow(byokFields, row)).toSorted(byAccountAndProvider)
    },
    insert: async (record) => {
      const row = toColumns<typeof byokFields, keyof typeof byokFields>(record)
      await change((changing) => changing.insertInto('byokKey').values(row).execute())
    },
    update: async (id, account, fields) => {
      const { numUpdatedRows } = await change((changing) =>
        changing
          .updateTable('byokKey')
          .set(toColumns<typeof byokFields>(fields))
          .where('id', '=', id)
          .where('account', '=', account)
          .executeTakeFirst(),
      )
      return numUpdatedRows > 0n
    },
    delete: async (id, account) => {
      const { numDeletedRows } = await change((changing) =>
        changing.deleteFrom('byokKey').where('id', '=', id).where('account', '=', account).executeTakeFirst(),
      )
      return numDeletedRows > 0n
    },
    reseal: async (id, before, after) => {
      const { numUpdatedRows } = await change((changing) =>
        changing
          .updateTable('byokKey')
          .set({ sealedKey: after })
          .where('id', '=', id)
          .where('sealedKey', '=', before)
          .executeTakeFirst(),
      )
      return numUpdatedRows > 0n
    },
    claimKeyMark: async (mark) => {
      const read = () => db.selectFrom('secretKeyMark').select('mark').where('purpose', '=', only).executeTakeFirst()
      // A start writes only where there is no mark: another process may hold the database locked.
      const kept = await read()
      if (kept !== undefined) return kept.mark
      // Of several that start at once, the first one's mark is kept, and the others read it.
      await transaction((changing) =>
        changing
          .insertInto('secretKeyMark')
          .values({ purpose: only, mark })
          .onConflict((conflict) => conflict.column('purpose').doNothing())
          .execute(),
      )
      return (await read())?.mark ?? mark
    },
    setKeyMark: async (mark) => {
      await change((changing) =>
        changing.updateTable('secretKeyMark').set({ mark }).where('purpose', '=', only).execute(),
      )
    },
    onChange,
  }
}

const byAccountAndProvider = (one: ByokRecord, other: ByokRecord): number =>
  compare(one.account, other.account) || compare(one.provider, other.provider)

const compare = (one: string, other: string): number => (one === other ? 0 : one < other ? -1 : 1)
