import { hash } from 'node:crypto'

/**
 * The end user as an upstream may know it: stable, so that the upstream can tell users apart, and never the client's own
 * identifier (contract §1.1, `user`).
 */
export const hashedUser = (user: string): string => `user_${hash('sha256', `waygate:${user}`, 'hex').slice(0, 32)}`
