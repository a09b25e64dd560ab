import type { RecordFields, RecordOf } from '../../canonical/record-fields.ts'

/** The fields of an amount that was added to the credits of an account. */
export const creditFields = {
  id: 'text',
  account: 'text',
  /** Nano-USD. Negative where credits are taken back. */
  amount: 'integer',
  /** What the account had spent in all when the amount was added, in nano-USD. */
  spentBefore: 'integer',
  /** Unix milliseconds. */
  createdAt: 'integer',
  note: 'text?',
} as const satisfies RecordFields

export interface CreditRecord extends RecordOf<typeof creditFields> {}

/** The store of credits. Nothing in it is ever changed or deleted. */
export interface CreditStore {
  /** Lists all additions, oldest first. */
  list(): Promise<readonly CreditRecord[]>
  /** Adds an amount. Rejects when the id exists already. */
  add(credit: CreditRecord): Promise<void>
  /**
   * Calls the listener after this process, or another one (within 2 s), has added credits. It may also be called without a change.
   * Subscribe before you call `list`, so that no addition is missed. Returns a function that ends the subscription.
   */
  onChange(listener: () => void): () => void
}
