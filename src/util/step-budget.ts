/** The steps that a piece of work may take. A step is a few nanoseconds of work, whatever the machine. */
export class StepBudget {
  readonly #most: number
  #used = 0

  constructor(most: number) {
    this.#most = most
  }

  /** Takes steps, and returns false where there are not that many left. From then on there are none. */
  take(steps: number): boolean {
    if (!this.isSpent) this.#used += steps
    return !this.isSpent
  }

  /** How many steps were taken, with the last ones, which were too many. */
  get used(): number {
    return this.#used
  }

  /** Whether more was to be done than may be, so that the outcome counts for nothing. */
  get isSpent(): boolean {
    return this.#used > this.#most
  }
}
