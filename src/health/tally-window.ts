/** The numbers of good and of bad results. */
export interface Tally {
  good: number
  bad: number
}

/** The numbers of good and bad results over a moving span of time, in slices of equal length. Takes 16 bytes a slice. */
export class TallyWindow {
  readonly #sliceMs: number
  readonly #slices: number
  /** Good and bad of each slice in turn. */
  readonly #counts: Uint32Array
  /** The index of the newest slice with a result. */
  #latest = 0

  constructor(sliceMs: number, slices: number) {
    this.#sliceMs = sliceMs
    this.#slices = slices
    this.#counts = new Uint32Array(2 * slices)
  }

  /**
   * Counts a result.
   * @param now Monotonic milliseconds.
   */
  add(good: boolean, now: number): void {
    this.#moveTo(Math.floor(now / this.#sliceMs))
    const place = 2 * (this.#latest % this.#slices) + (good ? 0 : 1)
    this.#counts[place] = (this.#counts[place] ?? 0) + 1
  }

  /** Adds up the current slice and those before it, `slices` together; by default all slices. */
  total(now: number, slices = this.#slices): Tally {
    this.#moveTo(Math.floor(now / this.#sliceMs))
    const tally: Tally = { good: 0, bad: 0 }
    for (let back = 0; back < Math.min(slices, this.#latest + 1); back++) {
      const place = 2 * ((this.#latest - back) % this.#slices)
      tally.good += this.#counts[place] ?? 0
      tally.bad += this.#counts[place + 1] ?? 0
    }
    return tally
  }

  /** Moves to a newer slice, and clears the slices that leave the span. */
  #moveTo(slice: number): void {
    const passed = Math.min(slice - this.#latest, this.#slices)
    for (let ahead = 0; ahead < passed; ahead++) {
      const place = 2 * ((slice - ahead) % this.#slices)
      this.#counts.fill(0, place, place + 2)
    }
    this.#latest = slice
  }
}
