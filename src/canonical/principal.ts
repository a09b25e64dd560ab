/** The API key with which a request was authenticated, and which is charged. Frozen, and shared by all its requests until the keys change. */
export interface Principal {
  /** Lower-case hex SHA-256 of the key. */
  readonly keyHash: string
  readonly keyName: string
  readonly account: string
  /** The key, masked for display. */
  readonly label: string
  /** The spending limit in nano-USD; null where there is none. */
  readonly limit: number | null
  /** Management keys administer and may not generate. */
  readonly management: boolean
  /** Unix milliseconds. */
  readonly expiresAt: number | null
  readonly createdAt: number
  /** The member of the account that the key belongs to; absent or null where it belongs to none. */
  readonly creatorUserId?: string | null
}

/** The part of a principal that routing reads: whose sessions and whose provider keys a request may use. */
export type Caller = Pick<Principal, 'account' | 'keyHash' | 'creatorUserId'>
