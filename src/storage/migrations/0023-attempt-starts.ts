import { defineMigration } from './migration.ts'

/** Adds when each call began. Of earlier calls that is not known. */
export default defineMigration({
  name: '0023-attempt-starts',
  async up(db) {
    await db.schema.alterTable('generationAttempt').addColumn('startedAfter', 'bigint').execute()
    await db.schema.alterTable('generation').addColumn('attemptStartedAfter', 'bigint').execute()
  },
})
