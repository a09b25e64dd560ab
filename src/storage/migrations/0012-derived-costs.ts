import { defineMigration } from './migration.ts'

/**
 * Earlier rows call a cost `provider_reported` where the provider reported the tokens and the prices were ours. That is `derived` now:
 * `provider_reported` is an amount that the provider itself reported.
 */
export default defineMigration({
  name: '0012-derived-costs',
  async up(db) {
    await db
      .updateTable('generation')
      .set({ costProvenance: 'derived' })
      .where('costProvenance', '=', 'provider_reported')
      .execute()
  },
})
