const dayMs = 86_400_000

/** What keys or accounts have spent in records that are not in the database yet, by UTC day, in nano-USD. */
export class UndrainedSpending {
  readonly #bySpender = new Map<string, Map<number, number>>()

  /** Adds an amount; a negative one takes it away again. */
  add(spender: string, at: number, cost: number): void {
    const days = this.#bySpender.get(spender) ?? new Map<number, number>()
    this.#bySpender.set(spender, days)
    const day = Math.floor(at / dayMs)
    const sum = (days.get(day) ?? 0) + cost
    if (sum !== 0) days.set(day, sum)
    else days.delete(day)
    if (days.size === 0) this.#bySpender.delete(spender)
  }

  /** @param since The beginning of a UTC day, in Unix milliseconds. @param until The beginning of a later one. */
  of(spender: string, since: number, until = Infinity): number {
    let sum = 0
    for (const [day, cost] of this.#bySpender.get(spender) ?? []) {
      if (day * dayMs >= since && day * dayMs < until) sum += cost
    }
    return sum
  }
}
