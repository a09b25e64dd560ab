import type { SqliteConnection } from './sqlite-connection.ts'

const intervalMs = 1000

/**
 * Calls the listener within about a second of a commit by another connection to the same file. `data_version` changes exactly then
 * (sqlite.org/pragma.html#pragma_data_version), and takes a few microseconds to read. Returns a function that ends the watch. It also ends
 * when the connection closes.
 */
export function watchForeignChanges(connection: SqliteConnection, listener: () => void): () => void {
  let seen: string | null = null
  const look = async (): Promise<void> => {
    const { rows } = await connection.query('pragma data_version')
    const version = JSON.stringify(rows)
    if (seen !== null && version !== seen) listener()
    seen = version
  }
  const lookIfOpen = (): void => {
    // A read that fails is ignored: the next one finds the same change.
    if (connection.isOpen) look().catch(() => {})
    else clearInterval(timer)
  }
  const timer = setInterval(lookIfOpen, intervalMs).unref()
  lookIfOpen()
  return () => clearInterval(timer)
}
