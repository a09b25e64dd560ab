import { defineMigration } from './migration.ts'

/** Adds what accounts think of generations: one row a generation and category. */
export default defineMigration({
  name: '0016-feedback',
  async up(db) {
    await db.schema
      .createTable('generationFeedback')
      .addColumn('generationId', 'text', (column) => column.notNull())
      .addColumn('category', 'text', (column) => column.notNull())
      .addColumn('account', 'text', (column) => column.notNull())
      .addColumn('keyHash', 'text', (column) => column.notNull())
      .addColumn('comment', 'text')
      .addColumn('createdAt', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('generationFeedbackPk', ['generationId', 'category'])
      .execute()
  },
})
