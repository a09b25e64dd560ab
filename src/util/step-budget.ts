/** The error that is thrown where work takes more steps than its budget has. */
export class OutOfSteps extends Error {}

/** The steps that work may take, of some nanoseconds each, whatever the machine. Several pieces of work may share one budget. */
export class StepBudget {
  readonly #most: number
  #used = 0

  constructor(most: number) {
    this.#most = most
  }

  /** The steps that are left. Negative once more were to be taken than there were. */
  get left(): number {
    return this.#most - this.#used
  }

  /** How many steps were taken, with the last ones, which were too many. */
  get used(): number {
    return this.#used
  }

  /** Whether more was to be done than may be, so that the outcome counts for nothing. */
  get isSpent(): boolean {
    return this.#used > this.#most
  }

  /** Takes steps, and returns false where there are not that many left. From then on there are none. */
  take(steps: number): boolean {
    if (!this.isSpent) this.#used += steps
    return !this.isSpent
  }

  /**
   * Takes steps.
   * @throws OutOfSteps
   */
  spend(steps: number): void {
    if (!this.take(steps)) throw new OutOfSteps('It takes too many steps.')
  }
}
