/** How often something went well and how often not. */
export interface Tally {
  good: number
  bad: number
}

/** Counts over a span that moves on, in slices of equal length. Takes 16 bytes a slice. */
export class TallyWindow {
  readonly #sliceMs: number
  readonly #slices: number
  /** Good and bad of each slice in turn. */
  readonly #counts: Uint32Array
  /** Of the latest slice that was counted in. */
  #latest = 0

  constructor(sliceMs: number, slices: number) {
    this.#sliceMs = sliceMs
    this.#slices = slices
    this.#counts = new Uint32Array(2 * slices)
  }

  /** @param now Monotonic milliseconds. */
  add(good: boolean, now: number): void {
    this.#moveTo(Math.floor(now / this.#sliceMs))
    const place = 2 * (this.#latest % this.#slices) + (good ? 0 : 1)
    this.#counts[place] = (this.#counts[place] ?? 0) + 1
  }

  /** Over the slice that runs and those before it, `slices` together; absent: as many as there are. */
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

  /** What falls out of the span on the way is forgotten. */
  #moveTo(slice: number): void {
    const passed = Math.min(slice - this.#latest, this.#slices)
    for (let ahead = 0; ahead < passed; ahead++) {
      const place = 2 * ((slice - ahead) % this.#slices)
      this.#counts.fill(0, place, place + 2)
    }
    this.#latest = slice
  }
}
