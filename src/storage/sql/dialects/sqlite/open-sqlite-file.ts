import { existsSync } from 'node:fs'
import { mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { StorageError } from '../../../stores/storage-error.ts'
import { SqliteConnection, SqliteError } from './sqlite-connection.ts'

/** Opens a file, which is created when it is absent, with its directory, or `:memory:`. */
export async function openSqliteFile(path: string): Promise<SqliteConnection> {
  if (path !== ':memory:') {
    await makeDirectory(dirname(path))
    // Only the owner may read the file, whatever the mode of the directory. SQLite gives its -wal and -shm files the same mode.
    const file = await open(path, 'a', 0o600)
    await file.close()
  }
  return SqliteConnection.open(path)
}

/**
 * Makes a directory and those above it, for their owner alone. Node's own `recursive` never ends in a place such as `/proc`, which exists
 * and answers "no such directory" to every attempt to make something in it.
 */
async function makeDirectory(path: string): Promise<void> {
  // Where a file has that name, opening a file in it fails later.
  if (existsSync(path)) return
  if (dirname(path) !== path) await makeDirectory(dirname(path))
  await mkdir(path, { mode: 0o700 }).catch((error: unknown) => {
    // Another process may have made it at the same time.
    if (codeOf(error) !== 'EEXIST') throw error
  })
}

/** The reasons why the system refused, in words, by its error codes. */
const reasons: Readonly<Record<string, string>> = {
  EACCES: 'this user has no permission',
  EPERM: 'this user has no permission',
  EISDIR: 'it is a directory',
  ENOENT: 'its directory cannot be made',
  ENOTDIR: 'a part of its path is a file',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''

/** SQLite's code for "file is not a database". */
const notADatabase = 26

/** Explains why the file of this path could not be opened, and what to do about it. */
export function explainSqlite(path: string, error: unknown): StorageError {
  const remedy = 'or set storage.url to another file.'
  const details = { transient: false, cause: error }
  if (error instanceof SqliteError && error.code === notADatabase) {
    return new StorageError(`${path} is not a Waygate database. Move it away, ${remedy}`, details)
  }
  if (error instanceof StorageError && !(error instanceof SqliteError)) {
    return new StorageError(`${path} ${error.message} ${remedy}`, details)
  }
  const reason = reasons[codeOf(error)] ?? (error instanceof Error ? error.message : String(error))
  return new StorageError(`${path} cannot be opened (${reason}). Check that it can be written, ${remedy}`, details)
}
