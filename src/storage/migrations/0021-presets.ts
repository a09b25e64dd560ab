import { defineMigration } from './migration.ts'

/** Adds the presets of accounts with their versions, and the preset that a generation used. Earlier generations used none. */
export default defineMigration({
  name: '0021-presets',
  async up(db) {
    await db.schema
      .createTable('preset')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('account', 'text', (column) => column.notNull())
      .addColumn('slug', 'text', (column) => column.notNull())
      .addColumn('status', 'text', (column) => column.notNull())
      .addColumn('statusUpdatedAt', 'bigint')
      .addColumn('creatorUserId', 'text')
      .addColumn('designatedVersionId', 'text', (column) => column.notNull())
      .addColumn('lastVersion', 'bigint', (column) => column.notNull())
      .addColumn('createdAt', 'bigint', (column) => column.notNull())
      .addColumn('updatedAt', 'bigint', (column) => column.notNull())
      .addUniqueConstraint('presetAccountSlug', ['account', 'slug'])
      .execute()
    await db.schema
      .createTable('presetVersion')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('presetId', 'text', (column) => column.notNull())
      .addColumn('version', 'bigint', (column) => column.notNull())
      .addColumn('config', 'text', (column) => column.notNull())
      .addColumn('systemPrompt', 'text')
      .addColumn('creatorId', 'text', (column) => column.notNull())
      .addColumn('createdAt', 'bigint', (column) => column.notNull())
      .addUniqueConstraint('presetVersionNumber', ['presetId', 'version'])
      .execute()
    await db.schema.alterTable('generation').addColumn('presetId', 'text').execute()
  },
})
