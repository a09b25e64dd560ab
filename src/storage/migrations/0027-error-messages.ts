import { defineMigration } from './migration.ts'

/** Adds what the client was told of a failure. Of earlier generations only the kind of the error is known. */
export default defineMigration({
  name: '0027-error-messages',
  async up(db) {
    await db.schema.alterTable('generation').addColumn('errorMessage', 'text').execute()
  },
})
