import { createHash } from 'node:crypto'

/** What a simulated vendor has encrypted of its thoughts: it can tell whether they come back as they were given out. */
export const sealedThoughts = (id: string, summaries: readonly string[]): string =>
  `sealed-${createHash('sha256')
    .update(JSON.stringify([id, summaries]))
    .digest('base64url')}`
