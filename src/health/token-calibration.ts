/** How much one observation moves the factor. */
const weight = 0.2
/** A report further off than this says more about the report than about the estimate. */
const believable = { least: 0.3, most: 4 }
const mostModels = 10_000

/** Learns from real usage how each model's tokenizer differs from the estimate. */
export class TokenCalibration {
  readonly #factors = new Map<string, number>()

  /** What to multiply an estimate for this model by. */
  factor(model: string): number {
    return this.#factors.get(model) ?? 1
  }

  /** @param estimated What the estimate was before any correction. */
  observe(model: string, estimated: number, counted: number): void {
    const ratio = counted / estimated
    if (!(ratio >= believable.least && ratio <= believable.most)) return
    const known = this.#factors.get(model)
    if (known === undefined && this.#factors.size >= mostModels) return
    this.#factors.set(model, known === undefined ? ratio : known + weight * (ratio - known))
  }
}
