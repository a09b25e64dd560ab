import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { onTestFinished } from 'vitest'
import type { GenerationRecord } from '../../src/canonical/generation-record.ts'
import { Journal } from '../../src/ledger/journal/journal.ts'
import type { Durability } from '../../src/ledger/journal/write-bytes.ts'
import { lockFile } from '../../src/storage/file-lock.ts'
import { openStorage } from '../../src/storage/open-storage.ts'
import { generationRecord } from '../contract/generation-record.ts'

export const keyHash = 'ab'.repeat(32)
export const day = Date.UTC(2026, 10, 20)

/** Creates a directory that is removed after the test. */
export function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'waygate-journal-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** Opens a journal before a SQLite file. Both are in the directory, and are closed after the test. */
export async function openJournal(directory = newDirectory(), durability: Durability = 'process') {
  const file = join(directory, 'waygate.db')
  const folder = join(directory, 'journal')
  const errors: string[] = []
  const onError = ({ message }: Error): void => void errors.push(message)
  const { generations, usage, close: closeStorage } = await openStorage(`sqlite:${file}`)
  const journal = await Journal.open({ folder, durability, lockFile, store: generations, usage, onError })
  const close = async (): Promise<void> => {
    await journal.close()
    await closeStorage()
  }
  onTestFinished(close)
  return { directory, file, folder, journal, errors, close }
}

/** Locks a database as another process would. Returns the function that unlocks it. */
export function locked(file: string): () => void {
  const outside = new DatabaseSync(file, { timeout: 10_000 })
  outside.exec('begin immediate')
  const unlock = (): void => {
    if (outside.isOpen) outside.close()
  }
  onTestFinished(unlock)
  return unlock
}

/**
 * Copies the files of a journal as they are at this moment, which is what a process that is killed now leaves. The copy belongs to no
 * process.
 */
export function killed(folder: string): string {
  const directory = newDirectory()
  mkdirSync(join(directory, 'journal'))
  for (const name of readdirSync(folder))
    cpSync(join(folder, name), join(directory, 'journal', name), { recursive: true })
  return directory
}

/** Lists the files with records, with their folders. */
export const segmentsIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.log'))
    .toSorted()
    .map((name) => join(folder, name))

/** Reads the ids of the generations in a database, in the order of writing. */
export function idsIn(file: string): readonly string[] {
  const database = new DatabaseSync(file)
  const rows = database.prepare('select id from generation order by rowid').all()
  database.close()
  return rows.map(({ id }) => String(id))
}

export const numbered = (count: number, given: Partial<GenerationRecord> = {}): readonly GenerationRecord[] =>
  Array.from({ length: count }, (_, index) =>
    generationRecord({ id: `gen-${index}`, createdAt: day, cost: 1, ...given }),
  )
