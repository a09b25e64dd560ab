/** Time as an argument, so that what depends on it can be tested without waiting. */
export interface Clock {
  /** Unix milliseconds. */
  now(): number
  /** Milliseconds from an arbitrary start; never goes back. */
  monotonic(): number
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
}
