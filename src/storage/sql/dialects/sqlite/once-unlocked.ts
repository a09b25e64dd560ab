import { setTimeout as pause } from 'node:timers/promises'
import { SqliteError } from './sqlite-connection.ts'

const longestMs = 5000
const pauseMs = 20

/**
 * Carries out a write that finds the database locked again and again, for up to five seconds. The worker's own way to wait, SQLite's
 * `busy_timeout`, would hold up everybody who reads.
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
