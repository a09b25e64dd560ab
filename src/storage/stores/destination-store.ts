import type { RecordFields, RecordOf } from '../../canonical/record-fields.ts'

/** The fields of a destination to which an account has its generations sent (contract §6.20). */
export const destinationFields = {
  id: 'text',
  account: 'text',
  /** OpenRouter's name for what it is, e.g. `webhook`. */
  type: 'text',
  /** Unique among the destinations of the account. */
  name: 'text',
  enabled: 'boolean',
  /** The settings of its type as JSON text, encrypted: they hold keys and addresses. */
  sealedConfig: 'text',
  /** What it gets, and of which generations, as JSON text. */
  options: 'text',
  /** Unix milliseconds. The second one is another after each change. */
  createdAt: 'integer',
  updatedAt: 'integer',
} as const satisfies RecordFields

export interface DestinationRecord extends RecordOf<typeof destinationFields> {}

/** A change of a destination, with its time in Unix milliseconds. */
export type DestinationChange = Partial<Pick<DestinationRecord, 'name' | 'enabled' | 'sealedConfig' | 'options'>> & {
  readonly updatedAt: number
}

/** The store of destinations. What is deleted is in no list, and its row stays without the settings. */
export interface DestinationStore {
  /** Lists the destinations of all accounts, oldest first. */
  list(): Promise<readonly DestinationRecord[]>
  /** Adds a destination. It fails where the account has one of that name. */
  insert(record: DestinationRecord): Promise<void>
  /**
   * Changes a destination. Returns false where it is no longer as it was read, or gone. It fails where the account has another one of the
   * new name.
   */
  update(read: Pick<DestinationRecord, 'id' | 'account' | 'updatedAt'>, change: DestinationChange): Promise<boolean>
  /** Deletes a destination of the account. Returns false where it has none of that id. @param now Unix milliseconds. */
  delete(id: string, account: string, now: number): Promise<boolean>
  /** Replaces a ciphertext by another of the same settings. Returns false where it is no longer the one that is given. */
  reseal(id: string, before: string, after: string): Promise<boolean>
  /**
   * Calls the listener after this process, or another one (within 2 s), has changed the store. It may also be called without a change.
   * Returns a function that ends the subscription.
   */
  onChange(listener: () => void): () => void
}
