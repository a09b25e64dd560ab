import { defineMigration } from './migration.ts'

/**
 * Adds the keys that accounts bring for providers, the mark of the secret key that encrypts them, and what their use would have cost at the
 * list price. Earlier generations used none.
 */
export default defineMigration({
  name: '0013-byok-keys',
  async up(db) {
    await db.schema
      .createTable('byokKey')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('account', 'text', (column) => column.notNull())
      .addColumn('provider', 'text', (column) => column.notNull())
      .addColumn('sealedKey', 'text', (column) => column.notNull())
      .addColumn('label', 'text', (column) => column.notNull())
      .addColumn('name', 'text')
      .addColumn('disabled', 'integer', (column) => column.notNull())
      .addColumn('isFallback', 'integer', (column) => column.notNull())
      .addColumn('isRequired', 'integer', (column) => column.notNull())
      .addColumn('isByokOnly', 'integer', (column) => column.notNull())
      .addColumn('declaredZdr', 'integer')
      .addColumn('declaredRegion', 'text')
      .addColumn('allowedModels', 'text')
      .addColumn('allowedApiKeyHashes', 'text')
      .addColumn('allowedUserIds', 'text')
      .addColumn('sortOrder', 'bigint', (column) => column.notNull())
      .addColumn('createdAt', 'bigint', (column) => column.notNull())
      .addColumn('updatedAt', 'bigint')
      .execute()
    await db.schema.createIndex('byokKeyAccount').on('byokKey').columns(['account', 'provider', 'sortOrder']).execute()
    await db.schema
      .createTable('secretKeyMark')
      .addColumn('purpose', 'text', (column) => column.primaryKey())
      .addColumn('mark', 'text', (column) => column.notNull())
      .execute()
    await db.schema
      .alterTable('generation')
      .addColumn('upstreamCost', 'bigint', (column) => column.notNull().defaultTo(0))
      .execute()
    await db.schema
      .alterTable('generationAttempt')
      .addColumn('isByok', 'integer', (column) => column.notNull().defaultTo(0))
      .execute()
  },
})
