import type { RecordFields, RecordOf } from '../../canonical/record-fields.ts'

/** The fields of a stored API key. The key itself is never stored, only its SHA-256. */
export const keyFields = {
  /** Lower-case hex SHA-256 of the whole key string (contract §0.11). */
  hash: 'text',
  name: 'text',
  /** The key, masked for display, e.g. `sk-or-v1-abc...123`. */
  label: 'text',
  /** The keys of one account can read its records, and no others. */
  account: 'text',
  /** The spending limit in nano-USD; null where there is none. */
  limit: 'integer?',
  /** `daily`, `weekly` or `monthly`; null where the limit never begins anew. */
  limitReset: 'text?',
  /** Whether calls with keys that the account brought for providers count towards the limit at the list price. */
  includeByokInLimit: 'boolean',
  /** Null where the configured limit applies. */
  requestsPerMinute: 'integer?',
  tokensPerMinute: 'integer?',
  management: 'boolean',
  disabled: 'boolean',
  /** Unix milliseconds. */
  expiresAt: 'integer?',
  createdAt: 'integer',
  updatedAt: 'integer?',
  /** The member of the account that the key belongs to. */
  creatorUserId: 'text?',
  /** The end user that the key was made for. */
  externalUser: 'text?',
} as const satisfies RecordFields

export interface KeyRecord extends RecordOf<typeof keyFields> {}

/** The owner of a key that belongs to nobody in particular. */
export const noOwner = { creatorUserId: null, externalUser: null } as const

type Changeable =
  | 'name'
  | 'limit'
  | 'limitReset'
  | 'includeByokInLimit'
  | 'requestsPerMinute'
  | 'tokensPerMinute'
  | 'disabled'

/** A change of a key, with its time in Unix milliseconds. */
export type KeyChange = Partial<Pick<KeyRecord, Changeable>> & { readonly updatedAt: number }

/** The store of keys that were made at run time. Bootstrap keys are in the configuration. */
export interface KeyStore {
  /** Lists all keys, oldest first. */
  list(): Promise<readonly KeyRecord[]>
  /** Adds a key. Rejects when the hash exists already, or the account has a key of that name. */
  insert(key: KeyRecord): Promise<void>
  /** Changes a key. Rejects when the account has another key of the new name. Returns false where there is no key of that hash. */
  update(hash: string, change: KeyChange): Promise<boolean>
  /** Deletes a key; its spending stays recorded. Returns false where there is no key of that hash. */
  delete(hash: string): Promise<boolean>
  /**
   * Calls the listener after this process, or another one (within 2 s), has changed the store. It may also be called without a change.
   * Subscribe before you call `list`, so that no change is missed. Returns a function that ends the subscription.
   */
  onChange(listener: () => void): () => void
}
