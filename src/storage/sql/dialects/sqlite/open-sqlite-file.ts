import { open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { makeDirectory } from '../../../../util/make-directory.ts'
import { refusalOf } from '../../../../util/refusal-of.ts'
import { StorageError } from '../../../stores/storage-error.ts'
import { type ConnectionOptions, SqliteConnection, SqliteError } from './sqlite-connection.ts'

/** Opens a file, which is created when it is absent, with its directory, or `:memory:`. */
export async function openSqliteFile(path: string, options: ConnectionOptions): Promise<SqliteConnection> {
  if (path !== ':memory:') {
    await makeDirectory(dirname(path))
    // Only the owner may read the file, whatever the mode of the directory. SQLite gives its -wal and -shm files the same mode.
    const file = await open(path, 'a', 0o600)
    await file.close()
  }
  return SqliteConnection.open(path, options)
}

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
  return new StorageError(
    `${path} cannot be opened (${refusalOf(error)}). Check that it can be written, ${remedy}`,
    details,
  )
}
