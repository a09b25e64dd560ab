import { createHash } from 'node:crypto'
import { apiKey } from './ids.ts'

export interface ApiKeyMarks {
  /** Lower-case hex SHA-256 of the whole key (contract 0.11). */
  readonly hash: string
  /** Masked for display, e.g. `sk-or-v1-abc...123`. */
  readonly label: string
}

const prefix = 'sk-or-v1-'

/** What is kept of a key, whoever made it. */
export function markApiKey(key: string): ApiKeyMarks {
  const start = key.startsWith(prefix) ? prefix.length : 0
  return {
    hash: createHash('sha256').update(key).digest('hex'),
    label: `${key.slice(0, start + 3)}...${key.slice(-3)}`,
  }
}

/** A new key, to be shown once, with what is kept of it. */
export function makeApiKey(): ApiKeyMarks & { readonly key: string } {
  const key = apiKey()
  return { key, ...markApiKey(key) }
}
