const dayMs = 86_400_000

interface Spent {
  readonly keyHash: string
  readonly createdAt: number
  readonly cost: number
}

/** What keys have spent in records that are not in the database yet, by key and UTC day, in nano-USD. */
export class UndrainedSpending {
  readonly #byKey = new Map<string, Map<number, number>>()

  add({ keyHash, createdAt, cost }: Spent): void {
    this.#change(keyHash, createdAt, cost)
  }

  remove({ keyHash, createdAt, cost }: Spent): void {
    this.#change(keyHash, createdAt, -cost)
  }

  /** @param since The beginning of a UTC day, in Unix milliseconds. */
  of(keyHash: string, since: number): number {
    let sum = 0
    for (const [day, cost] of this.#byKey.get(keyHash) ?? []) if (day * dayMs >= since) sum += cost
    return sum
  }

  #change(keyHash: string, createdAt: number, change: number): void {
    const days = this.#byKey.get(keyHash) ?? new Map<number, number>()
    this.#byKey.set(keyHash, days)
    const day = Math.floor(createdAt / dayMs)
    const cost = (days.get(day) ?? 0) + change
    if (cost !== 0) days.set(day, cost)
    else days.delete(day)
    if (days.size === 0) this.#byKey.delete(keyHash)
  }
}
