import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { onTestFinished } from 'vitest'
import { describePostgres } from '../engines/engines.ts'
import { breakableTables, describeBooksStore, withoutKeys } from './books-store.ts'

describeBooksStore('SQLite', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'waygate-books-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  const file = join(directory, 'waygate.db')
  return {
    url: `sqlite:${file}`,
    async run(statements) {
      const database = new DatabaseSync(file, { enableForeignKeyConstraints: false })
      for (const statement of [...withoutKeys(breakableTables), ...statements]) database.exec(statement)
      database.close()
    },
  }
})

describePostgres('books', ({ newDatabase, query }) => {
  describeBooksStore('PostgreSQL', async () => {
    const url = await newDatabase()
    return {
      url,
      async run(statements) {
        await query(url, [...withoutKeys(breakableTables), ...statements].join('; '))
      },
    }
  })
})
