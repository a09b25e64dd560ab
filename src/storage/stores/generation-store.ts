import type { GenerationRecord } from '../../canonical/generation-record.ts'
import type { RecordText } from '../../canonical/record-text.ts'

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
  /**
   * Writes records in one transaction, all or none. A generation that is there already is skipped with everything that belongs to it, so
   * that a group may be written again. Rejects with a StorageError; where it is not `transient`, the database will never accept one of the
   * records.
   */
  write(records: readonly RecordText[]): Promise<void>
  /** Finds a generation of an account; those of other accounts are not found. */
  find(id: string, account: string): Promise<GenerationRecord | null>
  /**
   * Adds up what a key has spent since the given Unix millisecond, in nano-USD.
   * @param except The ids of at most 500 generations that are counted elsewhere, whether they are written or not.
   */
  spent(keyHash: string, since: number, except?: readonly string[]): Promise<number>
  /**
   * Adds up the usage of each model in requests that an endpoint served, by UTC day from the given Unix millisecond on. Reads the whole
   * table.
   */
  usageByModel(since: number): Promise<readonly ModelUsageRow[]>
}
