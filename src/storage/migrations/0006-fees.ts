import { defineMigration } from './migration.ts'

/** Adds the fees of plugins and server tools. Earlier generations have none. */
export default defineMigration({
  name: '0006-fees',
  async up(db) {
    await db.schema
      .alterTable('generation')
      .addColumn('toolCost', 'bigint', (column) => column.notNull().defaultTo(0))
      .execute()
    await db.schema
      .createTable('generationFee')
      .addColumn('generationId', 'text', (column) => column.notNull())
      .addColumn('sequence', 'integer', (column) => column.notNull())
      .addColumn('source', 'text', (column) => column.notNull())
      .addColumn('engine', 'text', (column) => column.notNull())
      .addColumn('unit', 'text', (column) => column.notNull())
      .addColumn('units', 'bigint', (column) => column.notNull())
      .addColumn('results', 'bigint')
      .addColumn('amount', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('generationFeePrimaryKey', ['generationId', 'sequence'])
      .execute()
  },
})
