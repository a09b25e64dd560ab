import { sql } from 'kysely'
import { defineMigration } from './migration.ts'

/** Makes the names of keys unique, since commands use them. Of several keys with one name, all but the oldest get a part of their hash. */
export default defineMigration({
  name: '0003-unique-key-names',
  async up(db) {
    await sql`
      update api_key set name = name || ' (' || substr(hash, 1, 8) || ')'
      where exists (
        select 1 from api_key as older
        where older.account = api_key.account and older.name = api_key.name
          and (older.created_at < api_key.created_at or (older.created_at = api_key.created_at and older.hash < api_key.hash))
      )
    `.execute(db)
    await db.schema.createIndex('apiKeyName').unique().on('apiKey').columns(['account', 'name']).execute()
  },
})
