import { setTimeout as pause } from 'node:timers/promises'
import { SqliteError } from './sqlite-connection.ts'

const pauseMs = 20

/**
 * Repeats a write as long as the database is locked, for up to `limitMs`. Waiting in the worker thread, by SQLite's `busy_timeout`, would
 * block all queries behind it.
 */
export async function onceUnlocked<Result>(write: () => Promise<Result>, limitMs: number): Promise<Result> {
  const dueAt = performance.now() + limitMs
  for (;;) {
    try {
      return await write()
    } catch (error) {
      if (!(error instanceof SqliteError && error.isLocked) || performance.now() > dueAt) throw error
      await pause(pauseMs)
    }
  }
}
