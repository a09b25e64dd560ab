import { nanoUsd } from '../canonical/money.ts'
import type { LimitReset } from '../canonical/principal.ts'
import { noOwner, type KeyRecord } from '../storage/stores/key-store.ts'
import { markApiKey } from '../util/api-key.ts'

/** An API key in the configuration. */
export interface BootstrapKey {
  readonly name: string
  readonly key: string
  readonly account: string
  /** The spending limit in USD; null where there is none. */
  readonly limit: number | null
  readonly limitReset: LimitReset | null
  /** Whether calls with keys that the account brought for providers count towards the limit at the list price. */
  readonly includeByokInLimit: boolean
  readonly requestsPerMinute: number | null
  readonly tokensPerMinute: number | null
  readonly management: boolean
  readonly disabled: boolean
  /** Unix milliseconds. */
  readonly expiresAt: number | null
}

/** Makes the record that this key would have as a stored key made at `now`. */
export function bootstrapRecord({ key, limit, ...rest }: BootstrapKey, now: number): KeyRecord {
  return {
    ...rest,
    ...markApiKey(key),
    limit: limit === null ? null : nanoUsd(limit),
    createdAt: now,
    updatedAt: null,
    ...noOwner,
  }
}
