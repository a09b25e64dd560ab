import { hash } from 'node:crypto'

/** Returns a signature that shows that reasoning comes from the simulator and is unchanged. */
export const signatureOf = (thought: string): string => hash('sha256', `simulated thought: ${thought}`, 'base64')
