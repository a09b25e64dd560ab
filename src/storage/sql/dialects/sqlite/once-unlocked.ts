import { setTimeout as pause } from 'node:timers/promises'
import { SqliteError } from './sqlite-connection.ts'

const longestMs = 5000
const pauseMs = 20

/**
 * Repeats a write as long as the database is locked, for up to five seconds. Waiting in the worker thread, by SQLite's `busy_timeout`, would
 * block all queries behind it.
 */
export async function onceUnlocked<Result>(write: () => Promise<Result>): Promise<Result> {
  const dueAt = performance.now() + longestMs
  for (;;) {
    try {
      return await write()
    } catch (error) {
      if (!(error instanceof SqliteError && error.isLocked) || performance.now() > dueAt) throw error
      await pause(pauseMs)
    }
  }
}
