import { defineMigration } from './migration.ts'

/** Adds the numbers of media in prompts and answers. Of earlier generations they are not known. */
export default defineMigration({
  name: '0026-media-counts',
  async up(db) {
    for (const column of ['promptMedia', 'promptAudio', 'completionMedia']) {
      await db.schema.alterTable('generation').addColumn(column, 'bigint').execute()
    }
  },
})
