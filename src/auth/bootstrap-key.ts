import { nanoUsd } from '../canonical/money.ts'
import type { KeyRecord } from '../storage/stores/key-store.ts'
import { markApiKey } from '../util/api-key.ts'

/** A key that the configuration names. */
export interface BootstrapKey {
  readonly name: string
  readonly key: string
  readonly account: string
  /** USD; null is none. */
  readonly limit: number | null
  readonly management: boolean
  readonly disabled: boolean
  /** Unix milliseconds. */
  readonly expiresAt: number | null
}

/** As a stored key would look that was made at `now`. */
export function bootstrapRecord({ key, limit, ...rest }: BootstrapKey, now: number): KeyRecord {
  return {
    ...rest,
    ...markApiKey(key),
    limit: limit === null ? null : nanoUsd(limit),
    createdAt: now,
    updatedAt: null,
  }
}
