import { open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { codeOf } from '../../../../util/code-of.ts'
import { makeDirectory } from '../../../../util/make-directory.ts'
import { StorageError } from '../../../stores/storage-error.ts'
import { type ConnectionOptions, SqliteConnection, SqliteError } from './sqlite-connection.ts'
import { messageOf } from '../../../../util/message-of.ts'

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
  const reason = reasons[codeOf(error)] ?? messageOf(error)
  return new StorageError(`${path} cannot be opened (${reason}). Check that it can be written, ${remedy}`, details)
}
