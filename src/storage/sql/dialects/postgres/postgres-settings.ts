import type { ClientConfig } from 'pg'
import { StorageError } from '../../../stores/storage-error.ts'

type Pg = typeof import('pg')

/** How long a connection may take to be made, or to become free, and how long a statement may take. */
const limits = { connectMs: 5_000, statementMs: 30_000 }

/** Returns the settings of every connection. */
export const postgresSettings = (pg: Pg, url: string): ClientConfig => ({
  connectionString: url,
  application_name: 'waygate',
  connectionTimeoutMillis: limits.connectMs,
  query_timeout: limits.statementMs,
  keepAlive: true,
  types: { getTypeParser: (type, format) => (integers.has(type) ? safeInteger : pg.types.getTypeParser(type, format)) },
})

/** The types `int8` and `numeric`, which a sum of `int8` has. By default the driver returns both as text. */
const integers: ReadonlySet<number> = new Set([20, 1700])

function safeInteger(text: string): number {
  const value = Number(text)
  if (Number.isSafeInteger(value)) return value
  throw new RangeError(`The database returned ${text}, which is no integer that a program can hold exactly.`)
}

/**
 * Names the database of a URL without the user and the password.
 * @throws StorageError for a text that is no URL.
 */
export function describeDatabase(url: string): string {
  if (!URL.canParse(url)) {
    throw new StorageError(
      'storage.url is not a valid address of a database; write postgres://user:password@host:5432/database, with special characters of the password percent-encoded.',
      { transient: false },
    )
  }
  const { hostname, port, pathname, searchParams } = new URL(url)
  const host = searchParams.get('host') ?? (hostname === '' ? 'localhost' : hostname)
  return `The PostgreSQL database ${decodeURIComponent(pathname.slice(1)) || 'of the user'} at ${host}:${port || '5432'}`
}
