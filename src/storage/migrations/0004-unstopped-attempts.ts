import { defineMigration } from './migration.ts'

/** Which calls were given up at a provider that does not stop for that. Of earlier ones it is not known. */
export default defineMigration({
  name: '0004-unstopped-attempts',
  async up(db) {
    const table = db.schema.alterTable('generationAttempt')
    await table.addColumn('mayBillMore', 'integer', (column) => column.notNull().defaultTo(0)).execute()
  },
})
