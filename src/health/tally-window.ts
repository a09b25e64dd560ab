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
   * @param now Monotonic milliseconds. It may be earlier than before, since other nodes tell of results after some time.
   */
  add(good: boolean, now: number): void {
    const slice = Math.floor(now / this.#sliceMs)
    this.#moveTo(slice)
    if (slice <= this.#latest - this.#slices) return
    const place = this.#placeOf(slice) + (good ? 0 : 1)
    this.#counts[place] = (this.#counts[place] ?? 0) + 1
  }

  /** Adds up the current slice and those before it, `slices` together; by default all slices. */
  total(now: number, slices = this.#slices): Tally {
    this.#moveTo(Math.floor(now / this.#sliceMs))
    const tally: Tally = { good: 0, bad: 0 }
    for (let back = 0; back < slices; back++) {
      const place = this.#placeOf(this.#latest - back)
      tally.good += this.#counts[place] ?? 0
      tally.bad += this.#counts[place + 1] ?? 0
    }
    return tally
  }

  /** Moves to a newer slice, and clears the slices that leave the span. */
  #moveTo(slice: number): void {
    const passed = Math.min(slice - this.#latest, this.#slices)
    for (let ahead = 0; ahead < passed; ahead++) {
      const place = this.#placeOf(slice - ahead)
      this.#counts.fill(0, place, place + 2)
    }
    this.#latest = Math.max(slice, this.#latest)
  }

  /** Slices before the start of the monotonic clock have negative numbers. */
  #placeOf(slice: number): number {
    return 2 * (((slice % this.#slices) + this.#slices) % this.#slices)
  }
}
