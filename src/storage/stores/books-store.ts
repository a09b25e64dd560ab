import type { GenerationRecord } from '../../canonical/generation-record.ts'

/** What can be wrong in the books. */
export type MistakeKind =
  | 'parts'
  | 'fees'
  | 'attempt-without-generation'
  | 'fee-without-generation'
  | 'duplicate-generation'
  | 'duplicate-attempt'
  | 'duplicate-fee'
  | 'duplicate-credit'
  | 'amount-of-generation'
  | 'amount-of-attempt'
  | 'amount-of-fee'
  | 'amount-of-credit'
  | 'credit-before-spending'
  | 'sums-of-hours'
  | 'sums-of-days'
  | 'sums-among-sums'

/** One kind of mistake. */
export interface Mistake {
  readonly kind: MistakeKind
  /** How many rows have it. */
  readonly count: number
  /** What names the first 20 of them. */
  readonly first: readonly string[]
}

/** The result of a check of the books. */
export interface BooksCheck {
  readonly generations: number
  readonly attempts: number
  readonly fees: number
  readonly credits: number
  /**
   * The Unix milliseconds since which the sums by hour and by day were compared with the generations: 0 where all could be. What came before
   * was deleted by retention. Null where no hour or day is there whole.
   */
  readonly sumsSince: { readonly hours: number | null; readonly days: number | null }
  readonly mistakes: readonly Mistake[]
}

/** Which generations are read. What is absent matches all. */
export interface BooksFilter {
  readonly account?: string
  readonly keyHash?: string
  /** Unix milliseconds; `until` is not a part of the period. */
  readonly since?: number
  readonly until?: number
}

/** The books at one moment. */
export interface Books {
  /** Checks every invariant that the rows of the database must hold. */
  check(): Promise<BooksCheck>
  /** Reads generations whole, oldest first, a page at a time. */
  generations(filter: BooksFilter): AsyncIterable<readonly GenerationRecord[]>
}

/** The store of all that was used and paid, for commands that read it whole. */
export interface BooksStore {
  /** Runs work that reads one state of the books, while a server goes on writing. */
  read<Result>(work: (books: Books) => Promise<Result>): Promise<Result>
}
