import { defineMigration } from './migration.ts'

/** Marks calls that were abandoned at a provider that does not stop. For earlier calls it is unknown, and they are not marked. */
export default defineMigration({
  name: '0004-unstopped-attempts',
  async up(db) {
    const table = db.schema.alterTable('generationAttempt')
    await table.addColumn('mayBillMore', 'integer', (column) => column.notNull().defaultTo(0)).execute()
  },
})
