import { resolve } from 'node:path'
import type { KyselyConfig } from 'kysely'
import type { DatabaseChange } from '../canonical/happening.ts'
import { migrate } from './migrations/migrate.ts'
import { createAnalyticsStore } from './sql/analytics-queries.ts'
import { createByokStore } from './sql/byok-queries.ts'
import { openPostgres } from './sql/dialects/postgres/postgres-engine.ts'
import type { ConnectionOptions } from './sql/dialects/sqlite/sqlite-connection.ts'
import { openSqlite } from './sql/dialects/sqlite/sqlite-engine.ts'
import type { Engine } from './sql/engine.ts'
import { createBooksStore } from './sql/books/books-queries.ts'
import { createContentStore } from './sql/content-queries.ts'
import { createCreditStore } from './sql/credit-queries.ts'
import { createDestinationStore } from './sql/destination-queries.ts'
import { createFeedbackStore } from './sql/feedback-queries.ts'
import { createGenerationStore } from './sql/generation-queries.ts'
import { createKeyStore } from './sql/key-queries.ts'
import { createLeaseStore } from './sql/lease-queries.ts'
import { createPresetStore } from './sql/preset-queries.ts'
import { startRetention } from './sql/retention.ts'
import { createUsageStore } from './sql/usage-queries.ts'
import type { AnalyticsStore } from './stores/analytics-store.ts'
import type { BooksStore } from './stores/books-store.ts'
import type { ContentStore } from './stores/content-store.ts'
import type { ByokStore } from './stores/byok-store.ts'
import type { CreditStore } from './stores/credit-store.ts'
import type { DestinationStore } from './stores/destination-store.ts'
import type { FeedbackStore } from './stores/feedback-store.ts'
import type { GenerationStore } from './stores/generation-store.ts'
import type { KeyStore } from './stores/key-store.ts'
import type { LeaseStore } from './stores/lease-store.ts'
import type { PresetStore } from './stores/preset-store.ts'
import type { Retention } from './stores/retention.ts'
import { StorageError } from './stores/storage-error.ts'
import type { UsageStore } from './stores/usage-store.ts'

/** The open database, by its stores. */
export interface Storage {
  readonly generations: GenerationStore
  readonly usage: UsageStore
  readonly analytics: AnalyticsStore
  readonly keys: KeyStore
  readonly byok: ByokStore
  readonly destinations: DestinationStore
  readonly presets: PresetStore
  readonly credits: CreditStore
  readonly books: BooksStore
  readonly feedback: FeedbackStore
  readonly contents: ContentStore
  readonly leases: LeaseStore
  /** Whether gateways on several machines may use the database at the same time. */
  readonly isShared: boolean
  /**
   * Copies the database to a new file while it is in use.
   * @throws StorageError where the file exists, and for PostgreSQL, with the command that makes a copy.
   */
  backup(path: string): Promise<void>
  /** Ends what runs in the background, and closes the database. */
  close(): Promise<void>
}

interface StorageOptions {
  /** Called when old generations cannot be deleted, and when the file was deleted or replaced while it was open. */
  readonly onError?: (error: Error) => void
  /** Called when the connection to PostgreSQL is lost, and when it is back. */
  readonly onConnection?: (change: DatabaseChange) => void
  /** Whether what is written survives a power failure. PostgreSQL decides that by its own settings. */
  readonly durable?: boolean
  /** How long generations are kept. Absent: nothing is deleted, as for commands that run beside a server. */
  readonly retention?: Retention
  /** Receives each query, for tests. */
  readonly log?: KyselyConfig['log']
}

interface EngineOptions extends ConnectionOptions {
  readonly onConnection: (change: DatabaseChange) => void
}

/**
 * Opens the database, and creates a SQLite file, its directory and the schema when they are absent.
 * @param url `sqlite:` and a path from the working directory, `sqlite::memory:`, or `postgres://`.
 * @throws StorageError that names the database and explains what to do.
 */
export async function openStorage(url: string, options: StorageOptions = {}): Promise<Storage> {
  const { onError = (error) => process.emitWarning(error), onConnection = () => {}, durable = false, log } = options
  const onNotice = (notice: string): void => {
    onError(new StorageError(notice, { transient: true }))
    migrate(engine).catch(onError)
  }
  const engine = await openEngine(url, { durable, onNotice, onConnection }, log)
  try {
    await migrate(engine)
  } catch (error) {
    await engine.close()
    throw engine.explain(error)
  }
  return storage(engine, onError, options.retention)
}

/** Opens the engine of a URL. An error quotes only the scheme, because the rest of a URL may hold a password. */
function openEngine(url: string, options: EngineOptions, log: KyselyConfig['log']): Promise<Engine> {
  const scheme = url.slice(0, url.indexOf(':') + 1)
  const place = url.slice(scheme.length)
  if (scheme === 'postgres:' || scheme === 'postgresql:') return openPostgres(url, log, options.onConnection)
  if (scheme === 'sqlite:' && place !== '')
    return openSqlite(place === ':memory:' ? place : resolve(place), options, log)
  throw new StorageError(
    `storage.url begins with "${scheme}"; write sqlite:./path/to/file.db, sqlite::memory: or postgres://user:password@host:5432/database.`,
    { transient: false },
  )
}

function storage(engine: Engine, onError: (error: Error) => void, retention?: Retention): Storage {
  const stopRetention = retention === undefined ? () => {} : startRetention(engine, retention, onError)
  let closing: Promise<void> | null = null
  return {
    generations: createGenerationStore(engine),
    usage: createUsageStore(engine.db),
    analytics: createAnalyticsStore(engine.db),
    keys: createKeyStore(engine),
    byok: createByokStore(engine),
    destinations: createDestinationStore(engine),
    presets: createPresetStore(engine),
    credits: createCreditStore(engine),
    books: createBooksStore(engine),
    feedback: createFeedbackStore(engine),
    contents: createContentStore(engine),
    leases: createLeaseStore(engine),
    isShared: engine.isShared,
    backup: engine.backup,
    close() {
      stopRetention()
      return (closing ??= engine.close())
    },
  }
}
