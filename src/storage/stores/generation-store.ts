import type { GenerationRecord } from '../../canonical/generation-record.ts'
import type { RecordText } from '../../canonical/record-text.ts'

/** Which generations of an account are listed. What is absent matches all. */
export interface GenerationFilter {
  readonly account: string
  readonly keyHash?: string
  readonly model?: string
  readonly provider?: string
  readonly externalUser?: string
  readonly sessionId?: string
  /** The address of the application, or where it has none its title. */
  readonly app?: string
  readonly operation?: string
  /** Nano-USD. */
  readonly minCost?: number
  /** Only those that ended in an error. */
  readonly failed?: true
  /** Unix milliseconds; `until` is not a part of the period. */
  readonly since?: number
  readonly until?: number
}

/** The place of a generation in a list, from which the next page goes on. */
export type GenerationPosition = Pick<GenerationRecord, 'createdAt' | 'id'>

/** A generation without its attempts and fees. */
export type ListedGeneration = Omit<GenerationRecord, 'attempts' | 'fees'>

export interface GenerationPage {
  readonly generations: readonly ListedGeneration[]
  /** The last generation that was looked at, after which the next page begins; null where there are no more. */
  readonly next: GenerationPosition | null
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
   * Lists generations that were written, newest first. It looks through a limited number of them, so that a page may have fewer than were
   * asked for, also none, and others follow.
   * @param after The `next` of the page before; absent for the first page.
   */
  page(filter: GenerationFilter, limit: number, after?: GenerationPosition): Promise<GenerationPage>
}
