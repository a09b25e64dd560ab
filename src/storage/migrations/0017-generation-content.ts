import { defineMigration } from './migration.ts'

/** Adds the contents of generations, for accounts that have them logged. They are kept apart from the ledger and for a time of their own. */
export default defineMigration({
  name: '0017-generation-content',
  async up(db) {
    await db.schema
      .createTable('generationContent')
      .addColumn('generationId', 'text', (column) => column.primaryKey())
      .addColumn('account', 'text', (column) => column.notNull())
      .addColumn('createdAt', 'bigint', (column) => column.notNull())
      .addColumn('input', 'text', (column) => column.notNull())
      .addColumn('completion', 'text')
      .addColumn('reasoning', 'text')
      .addColumn('toolCalls', 'text')
      .addColumn('error', 'text')
      .execute()
    await db.schema.createIndex('generationContentByTime').on('generationContent').columns(['createdAt']).execute()
  },
})
