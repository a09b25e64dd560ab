import type { RateLimits } from '../../ledger/rate-limits.ts'
import type { Hook } from '../exchange.ts'

/** Refuses a generation of a key that has used up its minute with 429, before the body is read (contract row 20). */
export const limitRate =
  (limits: Pick<RateLimits, 'take'>): Hook =>
  ({ principal }) => {
    const error = limits.take(principal)
    if (error !== null) throw error
  }
