import { accessSync, constants, globSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'

/** Finds the folder with the programs of PostgreSQL, newest version first; null where it is not installed. Debian keeps it off the PATH. */
export function findPostgres(): string | null {
  const debian = globSync('/usr/lib/postgresql/*/bin/pg_ctl').toSorted(
    (one, other) => versionOf(other) - versionOf(one),
  )
  const program = debian[0] ?? find('pg_ctl')
  return program === null ? null : dirname(program)
}

/** Finds the server of Redis or Valkey; null where neither is installed. */
export const findRedis = (): string | null => find('redis-server') ?? find('valkey-server')

/** Finds Chromium; null where it is not installed. */
export const findChromium = (): string | null => find('chromium')

const versionOf = (path: string): number => Number(path.split('/')[4])

function find(program: string): string | null {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    try {
      accessSync(join(folder, program), constants.X_OK)
      return join(folder, program)
    } catch {
      // It is not in this folder.
    }
  }
  return null
}
