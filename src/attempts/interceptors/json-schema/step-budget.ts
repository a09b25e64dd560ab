/** Thrown where a schema asks for more work than it is worth. */
export class OutOfSteps extends Error {}

/** The work that one check may make, in steps of some ten nanoseconds. Several checks may share one budget. */
export class StepBudget {
  #left: number

  constructor(steps: number) {
    this.#left = steps
  }

  /** How many steps are left; the last ones may have been more than there were. */
  get left(): number {
    return this.#left
  }

  /** @throws OutOfSteps */
  spend(steps: number): void {
    this.#left -= steps
    if (this.#left < 0) throw new OutOfSteps('It takes too many steps.')
  }
}
