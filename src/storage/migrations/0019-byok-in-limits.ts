import { defineMigration } from './migration.ts'

/** Adds whether calls with keys that accounts bring for providers count towards the limit of a key. For earlier keys they do not. */
export default defineMigration({
  name: '0019-byok-in-limits',
  async up(db) {
    const table = db.schema.alterTable('apiKey')
    await table.addColumn('includeByokInLimit', 'integer', (column) => column.notNull().defaultTo(0)).execute()
  },
})
