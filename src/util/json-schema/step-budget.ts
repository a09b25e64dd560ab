/** The error that is thrown where a check takes more steps than its budget has. */
export class OutOfSteps extends Error {}

/** The work that a check may do, in steps of about ten nanoseconds. Several checks may share one budget. */
export class StepBudget {
  #left: number

  constructor(steps: number) {
    this.#left = steps
  }

  /** The steps that are left. Negative once more were spent than there were. */
  get left(): number {
    return this.#left
  }

  /**
   * Takes steps from the budget.
   * @throws OutOfSteps
   */
  spend(steps: number): void {
    this.#left -= steps
    if (this.#left < 0) throw new OutOfSteps('It takes too many steps.')
  }
}
