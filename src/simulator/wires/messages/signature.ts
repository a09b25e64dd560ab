import { createHash } from 'node:crypto'

/** What a thought is signed with: a hash of it, so that one that comes back changed is found out. */
export const signatureOf = (thinking: string): string =>
  createHash('sha256').update(`simulated thought: ${thinking}`).digest('base64')
