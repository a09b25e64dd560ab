import { sql } from 'kysely'
import { defineMigration } from './migration.ts'

/** For each way to list generations: the columns that are compared, and the rows that can be found so. */
const indexes: readonly (readonly [name: string, columns: string, condition?: string])[] = [
  // Retention deletes the oldest.
  ['generation_age', 'created_at'],
  ['generation_page', 'account, created_at, id'],
  ['generation_key_page', 'key_hash, created_at, id'],
  ['generation_model_page', 'account, model, created_at, id'],
  ['generation_provider_page', 'account, provider, created_at, id', 'provider is not null'],
  ['generation_user_page', 'account, external_user, created_at, id', 'external_user is not null'],
  ['generation_session_page', 'account, session_id, created_at, id', 'session_id is not null'],
  ['generation_failure_page', 'account, created_at, id', 'error_kind is not null'],
]

/**
 * Makes indexes for pages of generations and for deleting the oldest, and adds the name of the application. The index of what keys spent is
 * dropped, since the summaries have it.
 */
export default defineMigration({
  name: '0008-pages-of-generations',
  async up(db) {
    await db.schema.alterTable('generation').addColumn('appTitle', 'text').execute()
    await db.schema.dropIndex('generationSpending').execute()
    for (const [name, columns, condition] of indexes) {
      const where = condition === undefined ? '' : ` where ${condition}`
      await sql.raw(`create index ${name} on generation (${columns})${where}`).execute(db)
    }
  },
})
