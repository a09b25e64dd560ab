import type { AttemptRecord, FeeRecord, GenerationRecord } from '../../canonical/generation-record.ts'
import type { CreditRecord } from '../stores/credit-store.ts'
import type { KeyRecord } from '../stores/key-store.ts'
import type { Row } from './rows.ts'

/** The tables of the database. Names are in camel case here and in snake case in the database. */
export interface Database {
  readonly apiKey: Row<KeyRecord>
  readonly credit: Row<CreditRecord>
  readonly generation: Row<Omit<GenerationRecord, 'attempts' | 'fees'>>
  readonly generationAttempt: Row<AttemptRecord>
  readonly generationFee: Row<FeeRecord>
  readonly schemaMigration: { readonly name: string; readonly appliedAt: number }
}

/** One statement that is run for each of its rows. Either all rows of all inserts of a group are written, or none. */
export interface Insert {
  readonly sql: string
  readonly rows: readonly (readonly (string | number | null)[])[]
}

/**
 * The write of a group of prepared inserts in one transaction, which every dialect offers besides queries. While another process writes,
 * it waits without blocking queries.
 */
export type WriteGroup = (inserts: readonly Insert[]) => Promise<void>
