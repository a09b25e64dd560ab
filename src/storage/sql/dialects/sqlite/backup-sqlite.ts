import { open, rm } from 'node:fs/promises'
import { StorageError } from '../../../stores/storage-error.ts'
import { SqliteConnection } from './sqlite-connection.ts'
import { codeOf } from '../../../../util/code-of.ts'
import { messageOf } from '../../../../util/message-of.ts'

/**
 * Copies a database to a new file that only its owner may read. `VACUUM INTO` reads one state of the file while others write
 * (sqlite.org/lang_vacuum.html#vacuuminto). A second connection makes the copy, since the first one serves requests meanwhile; only a
 * database in memory has no second one.
 */
export async function backupSqlite(connection: SqliteConnection, path: string, target: string): Promise<void> {
  const file = await open(target, 'wx', 0o600).catch((error: unknown) => {
    throw explain(target, error)
  })
  try {
    const copying = path === ':memory:' ? connection : await SqliteConnection.open(path)
    try {
      await copying.query('vacuum into ?', [target])
    } finally {
      if (copying !== connection) await copying.close()
    }
    await file.sync()
  } catch (error) {
    await rm(target, { force: true })
    throw explain(target, error)
  } finally {
    await file.close()
  }
}

function explain(target: string, error: unknown): StorageError {
  const reason = messageOf(error)
  const message =
    codeOf(error) === 'EEXIST'
      ? `${target} exists already. Name a file that does not exist.`
      : `The database could not be copied to ${target}: ${reason}.`
  return new StorageError(message, { transient: false, cause: error })
}
