import { defineMigration } from './migration.ts'

/** Which calls were made by a tool of the answer, and how deep they are nested. Of earlier generations none was. */
export default defineMigration({
  name: '0005-nested-attempts',
  async up(db) {
    const table = db.schema.alterTable('generationAttempt')
    await table.addColumn('depth', 'integer', (column) => column.notNull().defaultTo(0)).execute()
    await table.addColumn('tool', 'text').execute()
  },
})
