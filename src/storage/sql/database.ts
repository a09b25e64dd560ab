import type { AttemptRecord, GenerationRecord } from '../../canonical/generation-record.ts'
import type { KeyRecord } from '../stores/key-store.ts'
import type { Row } from './rows.ts'

/** The tables. Names are camel case here and snake case in the database. */
export interface Database {
  readonly apiKey: Row<KeyRecord>
  readonly generation: Row<Omit<GenerationRecord, 'attempts'>>
  readonly generationAttempt: Row<AttemptRecord>
  readonly schemaMigration: { readonly name: string; readonly appliedAt: number }
}

/** One statement run for each of its rows. All rows of all inserts of a group go in, or none. */
export interface Insert {
  readonly sql: string
  readonly rows: readonly (readonly (string | number | null)[])[]
}

/**
 * What a dialect offers besides queries: a group of prepared inserts in one transaction. While another process writes it waits, and
 * holds up no query.
 */
export type WriteGroup = (inserts: readonly Insert[]) => Promise<void>
