import type { GenerationRecord } from '../../canonical/generation-record.ts'

/** How much one model was used. */
export interface ModelUsageRow {
  readonly model: string
  /** Unix millisecond at which the UTC day of these begins; null for all days before those that were asked for. */
  readonly day: number | null
  readonly requests: number
  /** Prompt and completion. */
  readonly tokens: number
}

export interface GenerationStore {
  /** Queued and written in groups; never blocks the caller and never throws. A record already there is left as it is. */
  append(record: GenerationRecord): void
  /** Records that are not on disk yet. None is dropped while the disk refuses them. */
  pending(): number
  /** Whether those take as much memory as they may: what would end in another record should not begin. */
  isFull(): boolean
  /** One generation of an account; another account's is not found. Sees everything appended before the call. */
  find(id: string, account: string): Promise<GenerationRecord | null>
  /**
   * What a key has spent, in nano-USD, since the given Unix millisecond: everything appended before the call, on disk or not. Does not
   * wait for writes.
   */
  spent(keyHash: string, since: number): Promise<number>
  /** What an endpoint was chosen for, by model, and by UTC day from the given Unix millisecond on. Reads the whole table. Flushes first. */
  usageByModel(since: number): Promise<readonly ModelUsageRow[]>
  /**
   * Resolves when everything appended so far is on disk: it survives the death of the process. Rejects as soon as writing
   * fails, so that no reply waits for a disk to be emptied; the records stay queued and are tried again.
   */
  flush(): Promise<void>
}
