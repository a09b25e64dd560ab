import type { RecordFields, RecordOf } from '../../canonical/record-fields.ts'

/** The fields of a key that an account brought for a provider (contract §6.17). */
export const byokFields = {
  id: 'text',
  account: 'text',
  /** The slug of the provider. */
  provider: 'text',
  /** The provider's key, encrypted: only the vault of these keys can read it. */
  sealedKey: 'text',
  /** The provider's key, masked for display. */
  label: 'text',
  name: 'text?',
  disabled: 'boolean',
  isFallback: 'boolean',
  isRequired: 'boolean',
  isByokOnly: 'boolean',
  declaredZdr: 'boolean?',
  declaredRegion: 'text?',
  /** JSON arrays of texts; null where there is no restriction. */
  allowedModels: 'text?',
  allowedApiKeyHashes: 'text?',
  allowedUserIds: 'text?',
  /** The position among the keys of the account for this provider. */
  sortOrder: 'integer',
  /** Unix milliseconds. */
  createdAt: 'integer',
  updatedAt: 'integer?',
} as const satisfies RecordFields

export interface ByokRecord extends RecordOf<typeof byokFields> {}

/** A change of a key, with its time in Unix milliseconds. */
export type ByokChange = Partial<Omit<ByokRecord, 'id' | 'account' | 'provider' | 'createdAt'>> & {
  readonly updatedAt: number
}

/** The store of the keys that accounts brought for providers. It holds them encrypted, and cannot decrypt them. */
export interface ByokStore {
  /** Lists the keys of an account, or of all, by account, provider and position. */
  list(account?: string): Promise<readonly ByokRecord[]>
  insert(record: ByokRecord): Promise<void>
  /** Changes a key of the account. Returns false where it has no key of that id. */
  update(id: string, account: string, change: ByokChange): Promise<boolean>
  /** Deletes a key of the account with its ciphertext. Returns false where it has no key of that id. */
  delete(id: string, account: string): Promise<boolean>
  /** Replaces a ciphertext by another of the same key. Returns false where it is no longer the one that is given. */
  reseal(id: string, before: string, after: string): Promise<boolean>
  /** Returns the mark of the secret key that the ciphertexts belong to, and notes the given one where none is noted. */
  claimKeyMark(mark: string): Promise<string>
  /** Notes the mark of another secret key. */
  setKeyMark(mark: string): Promise<void>
  /**
   * Calls the listener after this process, or another one (within 2 s), has changed the store. It may also be called without a change.
   * Returns a function that ends the subscription.
   */
  onChange(listener: () => void): () => void
}
