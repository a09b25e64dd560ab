import { hash } from 'node:crypto'

/** What proves a thought to be the simulator's own, and unchanged. */
export const signatureOf = (thought: string): string => hash('sha256', `simulated thought: ${thought}`, 'base64')
