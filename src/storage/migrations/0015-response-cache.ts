import { defineMigration } from './migration.ts'

/** Adds the source of an answer from the response cache. Earlier generations have none. */
export default defineMigration({
  name: '0015-response-cache',
  async up(db) {
    await db.schema.alterTable('generation').addColumn('responseCacheSourceId', 'text').execute()
  },
})
