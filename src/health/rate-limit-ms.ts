/** For an upstream that does not say how long, and against one that says nonsense. */
const limits = { usualMs: 10_000, mostMs: 600_000 }

/** For how long an upstream is left alone that answered 429. */
export const rateLimitMs = (afterMs: number = limits.usualMs): number => Math.min(afterMs, limits.mostMs)
