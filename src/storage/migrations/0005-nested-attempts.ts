import { defineMigration } from './migration.ts'

/** Adds the tool that made a call, and how deep the call is nested. In earlier generations no tool made calls. */
export default defineMigration({
  name: '0005-nested-attempts',
  async up(db) {
    const table = db.schema.alterTable('generationAttempt')
    await table.addColumn('depth', 'integer', (column) => column.notNull().defaultTo(0)).execute()
    await table.addColumn('tool', 'text').execute()
  },
})
