import { createHash } from 'node:crypto'

/** Returns the signature of a thinking block. It is a hash of the text, so a changed text is detected when it comes back. */
export const signatureOf = (thinking: string): string =>
  createHash('sha256').update(`simulated thought: ${thinking}`).digest('base64')
