import { createHash } from 'node:crypto'
import { apiKey } from './ids.ts'

export interface ApiKeyMarks {
  /** Lower-case hex SHA-256 of the whole key (contract §0.11). */
  readonly hash: string
  /** Masked for display, e.g. `sk-or-v1-abc...123`. */
  readonly label: string
}

const prefix = 'sk-or-v1-'
const shown = 3
/** Someone who reads the logs must not get near to guessing a short key that a person chose. */
const leastHidden = 20

/** What is kept of a key, whoever made it. */
export function markApiKey(key: string): ApiKeyMarks {
  return { hash: createHash('sha256').update(key).digest('hex'), label: mask(key) }
}

function mask(key: string): string {
  const start = key.startsWith(prefix) ? prefix.length : 0
  if (key.length - start - 2 * shown < leastHidden) return '...'
  return `${key.slice(0, start + shown)}...${key.slice(-shown)}`
}

/** A new key, to be shown once, with what is kept of it. */
export function makeApiKey(): ApiKeyMarks & { readonly key: string } {
  const key = apiKey()
  return { key, ...markApiKey(key) }
}
