import type { Kysely, RawBuilder, Transaction } from 'kysely'
import type { RecordText } from '../../canonical/record-text.ts'
import type { StorageError } from '../stores/storage-error.ts'
import type { Database } from './database.ts'

/**
 * What differs between databases: everything else in this room is written once, for all of them. `test/contract` has the tests that every
 * engine must pass.
 */
export interface Engine {
  readonly db: Kysely<Database>
  /** Whether gateways on several machines may use the database at the same time. */
  readonly isShared: boolean
  /** The time of the database, in Unix milliseconds. */
  readonly now: RawBuilder<number>
  /**
   * Runs the work in one transaction. Where another process has locked the database, it is run again for up to five seconds, and others
   * can read meanwhile.
   */
  transaction<Result>(work: (transaction: Transaction<Database>) => Promise<Result>): Promise<Result>
  /**
   * Reads what must be known soon after it has changed, such as which keys are revoked. Where connections lead nowhere any more, it is read
   * over a new one.
   */
  readSoon<Result>(read: (db: Kysely<Database>) => Promise<Result>): Promise<Result>
  /** Runs work that only reads, however long it takes, on one state of the database. Others can write meanwhile. */
  snapshot<Result>(work: (db: Kysely<Database>) => Promise<Result>): Promise<Result>
  /** Runs a change of the schema in one transaction, where it is needed. Processes that start at the same time wait for each other, however long it takes. */
  changeSchema(
    isNeeded: (db: Kysely<Database>) => Promise<boolean>,
    work: (transaction: Transaction<Database>) => Promise<void>,
  ): Promise<void>
  /**
   * Writes generations and adds them to the summaries, in one transaction. One that is there already, by its id, changes nothing. Where the
   * database is locked, it waits like a transaction.
   */
  write(records: readonly RecordText[]): Promise<void>
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
