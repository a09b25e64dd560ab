import { randomBytes } from 'node:crypto'
import { constants, existsSync } from 'node:fs'
import { access, mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf } from '../../util/code-of.ts'
import { makeDirectory } from '../../util/make-directory.ts'
import { fullMatch } from '../../util/pattern.ts'
import { refusalOf } from '../../util/refusal-of.ts'
import { sleep } from '../../util/sleep.ts'

/** Locks a file as long as this process runs. Returns the function that unlocks it, or null where it is locked already. */
export type LockFile = (path: string) => (() => void) | null

/** A folder in the folder of journals. It belongs to one process, by a lock that ends with the process. */
export interface JournalFolder {
  readonly path: string
  /** The files in it, oldest first. */
  readonly segments: readonly string[]
  /** Lets another process take it over. */
  unlock(): void
  /** Deletes it. */
  remove(): Promise<void>
}

const lockName = 'lock'
/** The names of the folders of processes, and of the files in them. */
export const folderName = /^\d{13}-\d{1,10}-[0-9a-f]{8}$/
export const segmentName = /^\d{8}\.log$/
const longestWaitMs = 5_000
const pauseMs = 10

/** Returns the path of the file for records that the database will never accept. */
export const refusedFile = (folder: string): string => join(folder, 'refused.jsonl')

/** Returns the path of a file of a journal. */
export const segmentPath = (folder: string, number: number): string =>
  join(folder, `${String(number).padStart(8, '0')}.log`)

/**
 * Runs the action while no other process looks through the folder: a folder that was just made, and is not locked yet, must not be taken for
 * one that a process left behind.
 */
export async function whileLocked<Result>(
  folder: string,
  lockFile: LockFile,
  action: () => Promise<Result>,
): Promise<Result> {
  await makeUsable(folder)
  const dueAt = performance.now() + longestWaitMs
  let unlock = lockFile(join(folder, lockName))
  for (; unlock === null && performance.now() < dueAt; unlock = lockFile(join(folder, lockName))) {
    await sleep(pauseMs, never)
  }
  if (unlock === null) throw new Error(`Another process has locked ${join(folder, lockName)} for five seconds.`)
  try {
    return await action()
  } finally {
    unlock()
  }
}

/** Makes the folder where it is missing. What keeps SQLite from locking a file in it is found out before: its own error names no reason. */
async function makeUsable(folder: string): Promise<void> {
  await makeDirectory(folder)
  await readdir(folder)
  await access(folder, constants.R_OK | constants.W_OK | constants.X_OK)
  const lock = join(folder, lockName)
  if (existsSync(lock)) await access(lock, constants.R_OK | constants.W_OK)
}

/** Explains why the folder of journals cannot be used, and what to do about it. */
export function explainFolder(folder: string, error: unknown): unknown {
  // What has no code of the system is explained already.
  if (codeOf(error) === '') return error
  const advice = 'Check that this user may read and write it, or set storage.journal to another folder.'
  return new Error(`The journal ${folder} cannot be opened (${refusalOf(error)}). ${advice}`, { cause: error })
}

/** Makes a folder for this process. Folders sort by the time at which they were made. */
export async function makeFolder(parent: string, lockFile: LockFile): Promise<JournalFolder> {
  const path = join(parent, `${Date.now()}-${process.pid}-${randomBytes(4).toString('hex')}`)
  await mkdir(path, { mode: 0o700 })
  const unlock = lockFile(join(path, lockName))
  if (unlock === null) throw new Error(`Another process has locked ${path}.`)
  return journalFolder(path, [], unlock)
}

/** Takes over the folders whose processes have ended. `others` is the number of those whose processes run. */
export async function adoptFolders(
  parent: string,
  lockFile: LockFile,
): Promise<{ readonly adopted: readonly JournalFolder[]; readonly others: number }> {
  const names = (await readdir(parent)).filter((name) => fullMatch(folderName, name) !== null).toSorted()
  const adopted: JournalFolder[] = []
  let others = 0
  for (const name of names) {
    const folder = await adopt(join(parent, name), lockFile)
    if (folder === 'in use') others += 1
    else if (folder !== null) adopted.push(folder)
  }
  return { adopted, others }
}

/** Takes over a folder. Returns null for one that was just deleted by its process. */
async function adopt(path: string, lockFile: LockFile): Promise<JournalFolder | 'in use' | null> {
  try {
    const unlock = lockFile(join(path, lockName))
    if (unlock === null) return 'in use'
    const files = (await readdir(path)).filter((file) => fullMatch(segmentName, file) !== null).toSorted()
    return journalFolder(
      path,
      files.map((file) => join(path, file)),
      unlock,
    )
  } catch (error) {
    if (!existsSync(path)) return null
    throw error
  }
}

const journalFolder = (path: string, segments: readonly string[], unlock: () => void): JournalFolder => ({
  path,
  segments,
  unlock,
  async remove() {
    await rm(path, { recursive: true, force: true })
    unlock()
  },
})

const never = new AbortController().signal
