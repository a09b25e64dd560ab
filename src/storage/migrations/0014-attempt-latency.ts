import { defineMigration } from './migration.ts'

/** Adds the latency of the only attempt of a generation, whose row is then left out. The attempts of earlier generations have rows. */
export default defineMigration({
  name: '0014-attempt-latency',
  async up(db) {
    await db.schema.alterTable('generation').addColumn('attemptLatency', 'bigint').execute()
  },
})
