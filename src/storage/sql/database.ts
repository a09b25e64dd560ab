import type { AttemptRecord } from '../../canonical/generation-record.ts'
import type { KeptGeneration } from '../../canonical/record-text.ts'
import type { KeyRecord } from '../stores/key-store.ts'
import type { Row } from './rows.ts'

/** The tables of the database. Names are in camel case here and in snake case in the database. */
export interface Database {
  readonly apiKey: Row<KeyRecord>
  readonly generation: Row<Omit<KeptGeneration, 'attempts'>>
  readonly generationAttempt: Row<AttemptRecord>
  readonly schemaMigration: { readonly name: string; readonly appliedAt: number }
}

/**
 * An insert for each record of a group. The first insert of a group is of the records themselves. Where it changes nothing, because the row
 * is there already, the others are left out for that record.
 */
export interface Insert {
  readonly sql: string
  /** The fields that are the parameters, in their order. A field that is absent is null, and booleans are 0 and 1. */
  readonly fields: readonly string[]
  /** The field of the record that lists the items to insert. Absent: the record itself. */
  readonly list?: string
}

/**
 * The write of a group in one transaction, which every dialect offers besides queries: all or nothing. The records are JSON texts. While
 * another process writes, it waits without blocking queries.
 */
export type WriteGroup = (records: readonly string[], inserts: readonly Insert[]) => Promise<void>
