import { sql } from 'kysely'
import { defineMigration } from './migration.ts'

/** Makes an index for the generations of an application, which is named by its address, or where it has none by its title. */
export default defineMigration({
  name: '0024-pages-of-apps',
  async up(db) {
    const app = 'coalesce(http_referer, app_title)'
    await sql
      .raw(
        `create index generation_app_page on generation (account, (${app}), created_at, id) where ${app} is not null`,
      )
      .execute(db)
  },
})
