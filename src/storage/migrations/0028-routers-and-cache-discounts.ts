import { defineMigration } from './migration.ts'

/**
 * Adds the router model that chose the model of a generation, and what the provider's cache saved. Neither is known of earlier generations.
 */
export default defineMigration({
  name: '0028-routers-and-cache-discounts',
  async up(db) {
    await db.schema.alterTable('generation').addColumn('router', 'text').execute()
    await db.schema.alterTable('generation').addColumn('cacheDiscount', 'bigint').execute()
  },
})
