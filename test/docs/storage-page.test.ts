import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { openStorage } from '../../src/storage/open-storage.ts'
import { temporaryDirectory } from '../cli/run-waygate.ts'

const page = readFileSync(new URL('../../docs/storage.md', import.meta.url), 'utf8')

/** What belongs to a database that is in use, and is made anew in another one. */
const ofTheDatabase = ['schema_migration', 'node', 'leased_budget', 'lease']

async function tables(): Promise<readonly string[]> {
  const file = join(temporaryDirectory(), 'waygate.db')
  await (await openStorage(`sqlite:${file}`)).close()
  const database = new DatabaseSync(file, { readOnly: true })
  const rows = database.prepare(`select name from sqlite_master where type = 'table'`).all()
  database.close()
  return rows.map(({ name }) => String(name)).toSorted()
}

test('docs/storage.md says of each table what it keeps', async () => {
  const rows = page.split('\n').filter((line) => line.startsWith('| '))
  const named = rows.flatMap((row) => [...(row.split('|')[2] ?? '').matchAll(/`(\w+)`/g)].map(([, name = '']) => name))
  expect(named.toSorted()).toEqual(await tables())
})

test('docs/storage.md moves every table to PostgreSQL', async () => {
  const moved = /for table in ([^;]+);/.exec(page)?.[1]?.split(/[\s\\]+/) ?? []
  expect([...moved, ...ofTheDatabase].toSorted()).toEqual(await tables())
})
