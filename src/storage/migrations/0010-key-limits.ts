import { defineMigration } from './migration.ts'

/** Adds how often the limit of a key begins anew, and its limits per minute. Earlier keys have one limit for ever, and none per minute. */
export default defineMigration({
  name: '0010-key-limits',
  async up(db) {
    const table = db.schema.alterTable('apiKey')
    await table.addColumn('limitReset', 'text').execute()
    await table.addColumn('requestsPerMinute', 'bigint').execute()
    await table.addColumn('tokensPerMinute', 'bigint').execute()
  },
})
