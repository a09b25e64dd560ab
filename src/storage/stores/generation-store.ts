import type { GenerationRecord } from '../../canonical/generation-record.ts'

/** The usage of one model on one day. */
export interface ModelUsageRow {
  readonly model: string
  /** The Unix millisecond at which the UTC day begins; null for the sum of all days before those that were asked for. */
  readonly day: number | null
  readonly requests: number
  /** The tokens of prompt and completion. */
  readonly tokens: number
}

/** The store of generations. */
export interface GenerationStore {
  /** Queues a record, which is written in a group. Never blocks the caller and never throws. An existing record is not changed. */
  append(record: GenerationRecord): void
  /** Counts the records that are not on disk yet. None is dropped while the disk refuses them. */
  pending(): number
  /** Tells whether the pending records take as much memory as they may. Then no request should begin, since it would add a record. */
  isFull(): boolean
  /** Finds a generation of an account; those of other accounts are not found. Includes everything that was appended before the call. */
  find(id: string, account: string): Promise<GenerationRecord | null>
  /**
   * Adds up what a key has spent since the given Unix millisecond, in nano-USD. Includes everything that was appended before the call, on
   * disk or not, and does not wait for writes.
   */
  spent(keyHash: string, since: number): Promise<number>
  /** Adds up what all keys of an account have ever spent, in nano-USD, as `spent` does. */
  spentByAccount(account: string): Promise<number>
  /**
   * Adds up the usage of each model in requests that an endpoint served, by UTC day from the given Unix millisecond on. Flushes first, and
   * reads the whole table.
   */
  usageByModel(since: number): Promise<readonly ModelUsageRow[]>
  /**
   * Resolves when everything that was appended so far is on disk, so that it survives a crash of the process. Rejects as soon as writing
   * fails, so that no reply waits for a full disk; the records stay queued and are tried again.
   */
  flush(): Promise<void>
}
