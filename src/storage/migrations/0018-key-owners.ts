import { defineMigration } from './migration.ts'

/** Adds to whom a key belongs: a member of the account, or an end user. Earlier keys belong to neither. */
export default defineMigration({
  name: '0018-key-owners',
  async up(db) {
    const table = db.schema.alterTable('apiKey')
    await table.addColumn('creatorUserId', 'text').execute()
    await table.addColumn('externalUser', 'text').execute()
  },
})
