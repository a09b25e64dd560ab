/** The time for an upstream that names none, and the longest time that is accepted from one that names one. */
const limits = { usualMs: 10_000, mostMs: 600_000 }

/** Returns how long an upstream that answered 429 is rate limited. */
export const rateLimitMs = (afterMs: number = limits.usualMs): number => Math.min(afterMs, limits.mostMs)
