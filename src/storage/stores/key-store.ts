import type { RecordFields, RecordOf } from '../../canonical/record-fields.ts'

/** An API key as it is kept: never the key itself, only its SHA-256. */
export const keyFields = {
  /** Lower-case hex SHA-256 of the whole key string (contract §0.11). */
  hash: 'text',
  name: 'text',
  /** Masked for display, e.g. `sk-or-v1-abc...123`. */
  label: 'text',
  /** Keys of one account share its records; another account's stay unseen. */
  account: 'text',
  /** Spending limit in nano-USD; null is none. */
  limit: 'integer?',
  management: 'boolean',
  disabled: 'boolean',
  /** Unix milliseconds. */
  expiresAt: 'integer?',
  createdAt: 'integer',
  updatedAt: 'integer?',
} as const satisfies RecordFields

export interface KeyRecord extends RecordOf<typeof keyFields> {}

/** What may change of a key, and when it did (Unix milliseconds). */
export type KeyChange = Partial<Pick<KeyRecord, 'name' | 'limit' | 'disabled'>> & { readonly updatedAt: number }

/** Keys that were made at run time; bootstrap keys live in the configuration. */
export interface KeyStore {
  list(): Promise<readonly KeyRecord[]>
  /** Rejects when the hash is there already, or the account has a key of that name. */
  insert(key: KeyRecord): Promise<void>
  /** Rejects when the account has another key of the new name. False: there is no key of that hash. */
  update(hash: string, change: KeyChange): Promise<boolean>
  /** What it spent stays on record. False: there is no key of that hash. */
  delete(hash: string): Promise<boolean>
  /**
   * Calls back after this process or (within 2 s) another changed the store, perhaps without need. Subscribe, then list: no
   * change falls between. Returns a function that stops it.
   */
  onChange(listener: () => void): () => void
}
