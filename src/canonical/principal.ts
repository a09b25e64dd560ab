/** How often the limit of a key begins anew: at midnight UTC, on Mondays, on the first of the month. */
export const limitResets = ['daily', 'weekly', 'monthly'] as const
export type LimitReset = (typeof limitResets)[number]

export const isLimitReset = (word: string): word is LimitReset => limitResets.some((known) => known === word)

/** The limits of a key that has none of its own. */
export const noLimits = {
  limit: null,
  limitReset: null,
  includeByokInLimit: false,
  requestsPerMinute: null,
  tokensPerMinute: null,
} as const

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
  /** Null where the limit is for ever. */
  readonly limitReset: LimitReset | null
  /** Whether calls with keys that the account brought for providers count towards the limit at the list price. */
  readonly includeByokInLimit: boolean
  /** How many requests, and how many tokens, it may use in a minute; null where the configured limit applies. */
  readonly requestsPerMinute: number | null
  readonly tokensPerMinute: number | null
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
