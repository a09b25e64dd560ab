import type { AttemptRecord, FeeRecord } from '../../canonical/generation-record.ts'
import type { KeptGeneration } from '../../canonical/record-text.ts'
import type { ContentRecord } from '../stores/content-store.ts'
import type { ByokRecord } from '../stores/byok-store.ts'
import type { CreditRecord } from '../stores/credit-store.ts'
import type { DestinationRecord } from '../stores/destination-store.ts'
import type { FeedbackRecord } from '../stores/feedback-store.ts'
import type { KeyRecord } from '../stores/key-store.ts'
import type { PresetRecord, PresetVersionRecord } from '../stores/preset-store.ts'
import type { Row } from './rows.ts'
import type { SummaryRow, SummaryTable } from './summaries.ts'

/** The tables of the database. Names are in camel case here and in snake case in the database. */
export interface Database extends Readonly<{ [Table in SummaryTable]: SummaryRow<Table> }> {
  readonly apiKey: Row<KeyRecord>
  readonly byokKey: Row<ByokRecord>
  readonly secretKeyMark: { readonly purpose: string; readonly mark: string }
  readonly destination: Row<DestinationRecord> & { readonly deletedAt: number | null }
  readonly preset: Row<PresetRecord>
  readonly presetVersion: Row<PresetVersionRecord>
  readonly credit: Row<CreditRecord>
  readonly generation: Row<Omit<KeptGeneration, 'attempts' | 'fees'>>
  readonly generationAttempt: Row<AttemptRecord>
  readonly generationFee: Row<FeeRecord>
  readonly generationFeedback: Row<FeedbackRecord>
  readonly generationContent: Row<ContentRecord>
  readonly node: { readonly id: string; readonly seenAt: number }
  readonly leasedBudget: { readonly id: string; readonly leasedAt: number }
  readonly lease: { readonly budget: string; readonly node: string; readonly amount: number }
  readonly schemaMigration: { readonly name: string; readonly appliedAt: number }
}
