/** An API key as it is kept: never the key itself, only its SHA-256. */
export interface KeyRecord {
  /** Lower-case hex SHA-256 of the whole key string (contract 0.11). */
  readonly hash: string
  readonly name: string
  /** Masked for display, e.g. `sk-or-v1-abc...123`. */
  readonly label: string
  /** Keys of one account share its records; another account's stay unseen. */
  readonly account: string
  /** Spending limit in nano-USD; null is none. */
  readonly limit: number | null
  readonly management: boolean
  readonly disabled: boolean
  /** Unix milliseconds. */
  readonly expiresAt: number | null
  readonly createdAt: number
  readonly updatedAt: number | null
}

/** Keys that were made at run time; bootstrap keys live in the configuration. */
export interface KeyStore {
  list(): Promise<readonly KeyRecord[]>
  /** Rejects when the hash is there already. */
  insert(key: KeyRecord): Promise<void>
  /**
   * Calls back after this process or (within 2 s) another changed the store, perhaps without need. Subscribe, then list: no
   * change falls between. Returns a function that stops it.
   */
  onChange(listener: () => void): () => void
}
