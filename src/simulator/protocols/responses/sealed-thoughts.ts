import { createHash } from 'node:crypto'

/** Returns simulated encrypted reasoning, from which the simulator can tell whether the reasoning comes back unchanged. */
export const sealedThoughts = (id: string, summaries: readonly string[]): string =>
  `sealed-${createHash('sha256')
    .update(JSON.stringify([id, summaries]))
    .digest('base64url')}`
