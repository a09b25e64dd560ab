import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { generationRecord } from '../../test/contract/generation-record.ts'
import { keyRecord } from '../../test/contract/key-store.ts'
import { toRecordText } from '../canonical/record-text.ts'
import { openStorage } from './open-storage.ts'

async function opened() {
  const directory = mkdtempSync(join(tmpdir(), 'waygate-deleted-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  const file = join(directory, 'data', 'waygate.db')
  const told: string[] = []
  const storage = await openStorage(`sqlite:${file}`, { onError: ({ message }) => told.push(message) })
  onTestFinished(() => storage.close())
  const write = (id: string) => storage.generations.write([toRecordText(generationRecord({ id }))])
  return { directory, file, told, storage, write }
}

function journalMode(file: string): unknown {
  const database = new DatabaseSync(file)
  const mode = database.prepare('pragma journal_mode').get()?.['journal_mode']
  database.close()
  return mode
}

const idsIn = (file: string): readonly unknown[] => {
  const database = new DatabaseSync(file, { readOnly: true })
  const rows = database.prepare('select id from generation order by rowid').all()
  database.close()
  return rows.map(({ id }) => id)
}

test.each(['the file', 'the file and its log', 'the directory'])(
  'a database of which somebody deletes %s while it is in use is written again, with all that was in it',
  async (what) => {
    const { directory, file, told, storage, write } = await opened()
    await storage.keys.insert(keyRecord({ hash: 'a' }))
    await write('gen-1')
    if (what === 'the directory') rmSync(join(directory, 'data'), { recursive: true })
    else for (const suffix of what === 'the file' ? [''] : ['', '-wal', '-shm']) rmSync(file + suffix)
    await write('gen-2')
    await write('gen-3')
    expect(told).toEqual([`${file} was deleted while it was in use. It was written again from what was open.`])
    expect(idsIn(file)).toEqual(['gen-1', 'gen-2', 'gen-3'])
    expect(await storage.keys.list()).toHaveLength(1)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(existsSync(`${file}-restored`)).toBe(false)
    // Others can read while this process writes, as before.
    await expect.poll(() => journalMode(file)).toBe('wal')
  },
)

test('of a database that is replaced while it is in use, the new file is used, and brought up to date', async () => {
  const { directory, file, told, storage, write } = await opened()
  await write('gen-1')
  const { file: other, storage: another, write: writeOther } = await opened()
  await writeOther('gen-other')
  await another.close()
  const older = new DatabaseSync(other)
  older.exec(`alter table generation drop column attempt_latency`)
  older.exec(`delete from schema_migration where name = '0014-attempt-latency'`)
  older.close()
  writeFileSync(join(directory, 'copy.db'), readFileSync(other))
  for (const suffix of ['-wal', '-shm']) rmSync(file + suffix)
  renameSync(join(directory, 'copy.db'), file)
  await expect
    .poll(async () => (await storage.generations.find('gen-other', 'default').catch(() => null))?.id)
    .toBe('gen-other')
  expect(told).toEqual([`${file} was replaced while it was in use. The new file is used now.`])
  await write('gen-2')
  expect(await storage.generations.find('gen-1', 'default')).toBeNull()
  expect(idsIn(file)).toEqual(['gen-other', 'gen-2'])
})
