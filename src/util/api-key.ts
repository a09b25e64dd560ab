import { createHash } from 'node:crypto'
import { apiKey } from './ids.ts'

/** The parts of an API key that may be stored. */
export interface ApiKeyMarks {
  /** Lower-case hex SHA-256 of the whole key (contract §0.11). */
  readonly hash: string
  /** The key, masked for display, e.g. `sk-or-v1-abc...123`. */
  readonly label: string
}

const prefix = 'sk-or-v1-'
const shown = 3
/** The fewest characters that a masked key hides: the log must not help to guess a short key that a person chose. */
const leastHidden = 20

/** Computes what is stored of a key: of one that the gateway made, or of one in the configuration. */
export function markApiKey(key: string): ApiKeyMarks {
  return { hash: createHash('sha256').update(key).digest('hex'), label: mask(key) }
}

function mask(key: string): string {
  const start = key.startsWith(prefix) ? prefix.length : 0
  if (key.length - start - 2 * shown < leastHidden) return '...'
  return `${key.slice(0, start + shown)}...${key.slice(-shown)}`
}

/** Makes a new key, to be shown once, with what is stored of it. */
export function makeApiKey(): ApiKeyMarks & { readonly key: string } {
  const key = apiKey()
  return { key, ...markApiKey(key) }
}
