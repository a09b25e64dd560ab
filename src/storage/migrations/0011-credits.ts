import { defineMigration } from './migration.ts'

/** Adds the credits of accounts. Rows are only ever added; what was added by mistake is taken back by a row with a negative amount. */
export default defineMigration({
  name: '0011-credits',
  async up(db) {
    await db.schema
      .createTable('credit')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('account', 'text', (column) => column.notNull())
      .addColumn('amount', 'bigint', (column) => column.notNull())
      .addColumn('spentBefore', 'bigint', (column) => column.notNull())
      .addColumn('createdAt', 'bigint', (column) => column.notNull())
      .addColumn('note', 'text')
      .execute()
    await db.schema.createIndex('creditOfAccount').on('credit').columns(['account', 'createdAt']).execute()
  },
})
