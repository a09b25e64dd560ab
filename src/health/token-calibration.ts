/** The weight of one observation in the factor. */
const weight = 0.2
/** The ratios that are believed. A count that is further from the estimate is more likely to be a wrong count. */
const believable = { least: 0.3, most: 4 }
const mostModels = 10_000

/** The ratios between counted and estimated tokens of each model, measured from reported usage. */
export class TokenCalibration {
  readonly #factors = new Map<string, number>()

  /** Returns the factor by which an estimate for this model is multiplied. */
  factor(model: string): number {
    return this.#factors.get(model) ?? 1
  }

  /**
   * Adds the count that an upstream reported.
   * @param estimated The estimate before any correction.
   */
  observe(model: string, estimated: number, counted: number): void {
    const ratio = counted / estimated
    if (!(ratio >= believable.least && ratio <= believable.most)) return
    const known = this.#factors.get(model)
    if (known === undefined && this.#factors.size >= mostModels) return
    this.#factors.set(model, known === undefined ? ratio : known + weight * (ratio - known))
  }
}
