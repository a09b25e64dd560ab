import { defineMigration } from './migration.ts'

/** Adds the gateways that share the database, and what each of them has leased of limits. */
export default defineMigration({
  name: '0020-leases',
  async up(db) {
    await db.schema
      .createTable('node')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('seenAt', 'bigint', (column) => column.notNull())
      .execute()
    await db.schema
      .createTable('leasedBudget')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('leasedAt', 'bigint', (column) => column.notNull())
      .execute()
    await db.schema
      .createTable('lease')
      .addColumn('budget', 'text', (column) => column.notNull())
      .addColumn('node', 'text', (column) => column.notNull())
      .addColumn('amount', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('leasePrimaryKey', ['budget', 'node'])
      .execute()
    await db.schema.createIndex('leaseOfNode').on('lease').column('node').execute()
    await db.schema.createIndex('leasedBudgetTime').on('leasedBudget').column('leasedAt').execute()
  },
})
