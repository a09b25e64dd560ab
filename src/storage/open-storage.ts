import { existsSync } from 'node:fs'
import { mkdir, open } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { CamelCasePlugin, Kysely } from 'kysely'
import { migrate } from './migrations/migrate.ts'
import type { Database, WriteGroup } from './sql/database.ts'
import { SqliteConnection, SqliteError } from './sql/dialects/sqlite/sqlite-connection.ts'
import { sqliteDialect } from './sql/dialects/sqlite/sqlite-dialect.ts'
import { onceUnlocked } from './sql/dialects/sqlite/once-unlocked.ts'
import { watchForeignChanges } from './sql/dialects/sqlite/watch-foreign-changes.ts'
import { createCreditStore } from './sql/credit-queries.ts'
import { createGenerationStore } from './sql/generation-queries.ts'
import { createKeyStore } from './sql/key-queries.ts'
import { StorageError } from './storage-error.ts'
import type { CreditStore } from './stores/credit-store.ts'
import type { GenerationStore } from './stores/generation-store.ts'
import type { KeyStore } from './stores/key-store.ts'

/** The open database, by its stores. */
export interface Storage {
  readonly generations: GenerationStore
  readonly keys: KeyStore
  readonly credits: CreditStore
  /** Writes pending records, for up to five seconds, and closes the file. Rejects when records are lost. */
  close(): Promise<void>
}

interface StorageOptions {
  /** Called for writes that fail and are tried again (once a second at most), and for records that are lost. */
  readonly onError?: (error: Error) => void
}

const closeLimitMs = 5000

/**
 * Opens the database, and creates the file, its directory and its schema when they are absent.
 * @param url `sqlite:` and a path from the working directory, or `sqlite::memory:`.
 * @throws StorageError that names the file and explains what to do.
 */
export async function openStorage(url: string, options: StorageOptions = {}): Promise<Storage> {
  const path = sqlitePath(url)
  const connection = await openFile(path).catch(explain(path))
  const db = new Kysely<Database>({ dialect: sqliteDialect(connection), plugins: [new CamelCasePlugin()] })
  try {
    await migrate(db)
    // Other processes can then read while this one writes. The file keeps the setting, so it is made only once it is clear that the file
    // is a database of Waygate.
    await connection.query('pragma journal_mode = wal')
  } catch (error) {
    await connection.close()
    return explain(path)(error)
  }
  return storage(db, connection, options.onError ?? ((error) => process.emitWarning(error)))
}

function storage(db: Kysely<Database>, connection: SqliteConnection, onError: (error: Error) => void): Storage {
  // Kysely gives the connection to one user at a time, so that a group is never written inside another transaction. Between two tries the
  // connection is released, so that others can read.
  const writeGroup: WriteGroup = (inserts) =>
    onceUnlocked(() => db.connection().execute(() => connection.write(inserts)))
  const generations = createGenerationStore(db, writeGroup, onError)
  const watch = (listener: () => void): (() => void) => watchForeignChanges(connection, listener)
  const keys = createKeyStore(db, writeGroup, watch)
  const credits = createCreditStore(db, writeGroup, watch)
  const close = async (): Promise<void> => {
    try {
      await generations.close(closeLimitMs)
    } finally {
      await connection.close()
    }
  }
  let closing: Promise<void> | null = null
  return { generations, keys, credits, close: () => (closing ??= close()) }
}

/** Returns the path of a `sqlite:` URL. An error quotes only the scheme, because the rest of a URL may hold a password. */
function sqlitePath(url: string): string {
  const place = url.startsWith('sqlite:') ? url.slice('sqlite:'.length) : ''
  if (place === ':memory:') return place
  if (place !== '') return resolve(place)
  throw new StorageError(
    `storage.url begins with "${url.slice(0, url.indexOf(':') + 1)}"; write sqlite:./path/to/file.db or sqlite::memory:.`,
    { transient: false },
  )
}

async function openFile(path: string): Promise<SqliteConnection> {
  if (path !== ':memory:') {
    await makeDirectory(dirname(path))
    // Only the owner may read the file, whatever the mode of the directory. SQLite gives its -wal and -shm files the same mode.
    const file = await open(path, 'a', 0o600)
    await file.close()
  }
  return SqliteConnection.open(path)
}

/**
 * Makes a directory and those above it, for their owner alone. Node's own `recursive` never ends in a place such as `/proc`, which exists
 * and answers "no such directory" to every attempt to make something in it.
 */
async function makeDirectory(path: string): Promise<void> {
  // Where a file has that name, opening a file in it fails later.
  if (existsSync(path)) return
  if (dirname(path) !== path) await makeDirectory(dirname(path))
  await mkdir(path, { mode: 0o700 }).catch((error: unknown) => {
    // Another process may have made it at the same time.
    if (codeOf(error) !== 'EEXIST') throw error
  })
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

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''

/** SQLite's code for "file is not a database". */
const notADatabase = 26

const explain =
  (path: string) =>
  (error: unknown): never => {
    const remedy = 'or set storage.url to another file.'
    if (error instanceof SqliteError && error.code === notADatabase) {
      throw new StorageError(`${path} is not a Waygate database. Move it away, ${remedy}`, {
        transient: false,
        cause: error,
      })
    }
    if (error instanceof StorageError && !(error instanceof SqliteError)) {
      throw new StorageError(`${path} ${error.message} ${remedy}`, { transient: false, cause: error })
    }
    const reason = reasons[codeOf(error)] ?? (error instanceof Error ? error.message : String(error))
    throw new StorageError(`${path} cannot be opened (${reason}). Check that it can be written, ${remedy}`, {
      transient: false,
      cause: error,
    })
  }
