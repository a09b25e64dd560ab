import type { GenerationRecord } from '../../canonical/generation-record.ts'
import type { RecordText } from '../../canonical/record-text.ts'
import type { ModelUsageRow } from './usage-store.ts'

/** Which generations of an account are listed. What is absent matches all. */
export interface GenerationFilter {
  readonly account: string
  readonly keyHash?: string
  readonly model?: string
  readonly provider?: string
  readonly externalUser?: string
  readonly sessionId?: string
  /** Only those that ended in an error. */
  readonly failed?: true
  /** Unix milliseconds; `until` is not a part of the period. */
  readonly since?: number
  readonly until?: number
}

/** The place of a generation in a list, from which the next page goes on. */
export type GenerationPosition = Pick<GenerationRecord, 'createdAt' | 'id'>

/** A generation without its attempts. */
export type ListedGeneration = Omit<GenerationRecord, 'attempts'>

/** The store of generations. */
export interface GenerationStore {
  /**
   * Writes records in one transaction, all or none. A generation that is there already is skipped with everything that belongs to it, so
   * that a group may be written again. Rejects with a StorageError; where it is not `transient`, the database will never accept one of the
   * records.
   */
  write(records: readonly RecordText[]): Promise<void>
  /** Queues a record, which is written in a group. Never blocks the caller and never throws. An existing record is not changed. */
  append(record: GenerationRecord): void
  /** Counts the records that are not on disk yet. None is dropped while the disk refuses them. */
  pending(): number
  /** Tells whether the pending records take as much memory as they may. Then no request should begin, since it would add a record. */
  isFull(): boolean
  /** Finds a generation of an account; those of other accounts are not found. Includes everything that was appended before the call. */
  find(id: string, account: string): Promise<GenerationRecord | null>
  /**
   * Lists generations that were written, newest first.
   * @param after The last generation of the page before; absent for the first page.
   */
  page(filter: GenerationFilter, limit: number, after?: GenerationPosition): Promise<readonly ListedGeneration[]>
  /**
   * Adds up what a key has spent since a UTC day began, given as Unix milliseconds, or in all (0), in nano-USD. Includes everything that was appended before the call, on
   * disk or not, and does not wait for writes.
   */
  spent(keyHash: string, since: number): Promise<number>
  /**
   * Adds up the usage of each model in requests that an endpoint served, by UTC day from the given day on. Flushes first.
   */
  usageByModel(since: number): Promise<readonly ModelUsageRow[]>
  /**
   * Resolves when everything that was appended so far is on disk, so that it survives a crash of the process. Rejects as soon as writing
   * fails, so that no reply waits for a full disk; the records stay queued and are tried again.
   */
  flush(): Promise<void>
}
