import type { Kysely, Transaction } from 'kysely'
import type { StorageError } from '../storage-error.ts'
import type { Database } from './database.ts'
import type { Rows, SumRows } from './written-rows.ts'

/**
 * What differs between databases: everything else in this room is written once, for all of them. `test/contract` has the tests that every
 * engine must pass.
 */
export interface Engine {
  readonly db: Kysely<Database>
  /**
   * Runs the work in one transaction. Where another process has locked the database, it is run again for up to five seconds, and others
   * can read meanwhile.
   */
  transaction<Result>(work: (transaction: Transaction<Database>) => Promise<Result>): Promise<Result>
  /** Runs a change of the schema in one transaction. Processes that start at the same time wait for each other, however long it takes. */
  changeSchema(work: (transaction: Transaction<Database>) => Promise<void>): Promise<void>
  /** Inserts rows whose first column is their id. Returns the ids of those that were not there before; the others are not changed. */
  insertNew(transaction: Transaction<Database>, rows: Rows): Promise<ReadonlySet<unknown>>
  /** Adds rows to those that have the same key, or inserts them. */
  addSums(transaction: Transaction<Database>, rows: SumRows): Promise<void>
  /** Tells other processes, once the transaction is committed, that something changed. */
  announce(transaction: Transaction<Database>): Promise<void>
  /**
   * Calls the listener within two seconds of a change that another process announced. It may also be called without one. Returns a function
   * that ends the watch.
   */
  watch(listener: () => void): () => void
  /** Copies the database to a new file while it is in use. */
  backup(path: string): Promise<void>
  /** Names the database in a failure to open it, and adds what to do. Never quotes a password. */
  explain(error: unknown): StorageError
  close(): Promise<void>
}
