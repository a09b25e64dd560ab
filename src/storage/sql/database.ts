import type { AttemptRecord } from '../../canonical/generation-record.ts'
import type { KeptGeneration } from '../../canonical/record-text.ts'
import type { KeyRecord } from '../stores/key-store.ts'
import type { Row } from './rows.ts'
import type { SummaryRow, SummaryTable } from './summaries.ts'

/** The tables of the database. Names are in camel case here and in snake case in the database. */
export interface Database extends Readonly<{ [Table in SummaryTable]: SummaryRow<Table> }> {
  readonly apiKey: Row<KeyRecord>
  readonly generation: Row<Omit<KeptGeneration, 'attempts'>>
  readonly generationAttempt: Row<AttemptRecord>
  readonly schemaMigration: { readonly name: string; readonly appliedAt: number }
}
