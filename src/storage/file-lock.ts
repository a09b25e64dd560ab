import { DatabaseSync } from 'node:sqlite'

/** SQLite's code for "database is locked". */
const busy = 5

/**
 * Locks a file, which is created when it is absent. Returns the function that unlocks it, or null where it is locked. The lock is that of an
 * empty SQLite database in an exclusive transaction: the system releases it when the process ends, however it ends. The id of a process in a
 * file could not tell that: ids are given again, and two containers that share a folder each have a process 1.
 */
export function lockFile(path: string): (() => void) | null {
  const database = new DatabaseSync(path, { timeout: 0 })
  try {
    database.exec('begin exclusive')
    return () => database.close()
  } catch (error) {
    database.close()
    if (error instanceof Error && 'errcode' in error && error.errcode === busy) return null
    throw error
  }
}
