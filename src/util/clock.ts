/** A source of time, which is passed as an argument so that code can be tested without waiting. */
export interface Clock {
  /** Returns Unix milliseconds. */
  now(): number
  /** Returns milliseconds since an arbitrary start. They never go back. */
  monotonic(): number
}

/** The clock of the system. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
}
