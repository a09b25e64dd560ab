import { sql } from 'kysely'
import { defineMigration } from './migration.ts'

/** Adds the tier, the kind and the cost of each call. Of earlier generations, the call that answered gets the whole cost. */
export default defineMigration({
  name: '0002-attempt-costs',
  async up(db) {
    const table = db.schema.alterTable('generationAttempt')
    await table.addColumn('tier', 'text', (column) => column.notNull().defaultTo('default')).execute()
    await table.addColumn('kind', 'text', (column) => column.notNull().defaultTo('first')).execute()
    await table.addColumn('cost', 'bigint', (column) => column.notNull().defaultTo(0)).execute()
    await sql`
      update generation_attempt set cost = (select cost from generation where generation.id = generation_attempt.generation_id)
      where status = 200
    `.execute(db)
  },
})
