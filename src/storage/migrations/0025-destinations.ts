import { sql } from 'kysely'
import { defineMigration } from './migration.ts'

/** Adds the destinations to which accounts have their generations sent. A name is free again once its destination is deleted. */
export default defineMigration({
  name: '0025-destinations',
  async up(db) {
    await db.schema
      .createTable('destination')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('account', 'text', (column) => column.notNull())
      .addColumn('type', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('enabled', 'integer', (column) => column.notNull())
      .addColumn('sealedConfig', 'text', (column) => column.notNull())
      .addColumn('options', 'text', (column) => column.notNull())
      .addColumn('createdAt', 'bigint', (column) => column.notNull())
      .addColumn('updatedAt', 'bigint', (column) => column.notNull())
      .addColumn('deletedAt', 'bigint')
      .execute()
    await db.schema
      .createIndex('destinationAccountName')
      .unique()
      .on('destination')
      .columns(['account', 'name'])
      .where(sql.ref('deletedAt'), 'is', null)
      .execute()
  },
})
