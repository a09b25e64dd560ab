import type { Segment, WaitingRecord } from './segment.ts'
import { UndrainedSpending } from './spending.ts'

/** The most characters of records that are kept in memory while they wait. The others wait only in the files. */
const mostInMemory = 16 * 1024 * 1024

/** Records that are written to the database together. They all come from one file. */
export interface Batch {
  readonly segment: Segment
  readonly records: readonly WaitingRecord[]
}

/** The records that are in the journal and not in the database yet, in order. The newest are in memory too. */
export class Backlog {
  readonly #segments: Segment[] = []
  readonly #onLost: (path: string, count: number) => void
  /** What the records that wait cost, in memory or not. */
  readonly spending = { byKey: new UndrainedSpending(), byAccount: new UndrainedSpending() }
  /** What the same records cost at the list price, where keys were used that accounts brought for providers. */
  readonly byokSpending = { byKey: new UndrainedSpending(), byAccount: new UndrainedSpending() }
  #waiting = 0
  #inMemory = 0

  /** @param onLost Called with a file that was changed or deleted by others, and the number of its records that cannot be read. */
  constructor(onLost: (path: string, count: number) => void) {
    this.#onLost = onLost
  }

  /** The number of records that wait. */
  get waiting(): number {
    return this.#waiting
  }

  /** Adds a file, with the records in it, after the others. */
  addSegment(segment: Segment): void {
    this.#segments.push(segment)
    this.#waiting += segment.waiting
  }

  /** Counts what a record cost, from now on until it is in the database. */
  bill({ keyHash, account, createdAt, cost, upstreamCost }: WaitingRecord, sign: 1 | -1 = 1): void {
    this.spending.byKey.add(keyHash, createdAt, sign * cost)
    this.spending.byAccount.add(account, createdAt, sign * cost)
    if (upstreamCost === 0) return
    this.byokSpending.byKey.add(keyHash, createdAt, sign * upstreamCost)
    this.byokSpending.byAccount.add(account, createdAt, sign * upstreamCost)
  }

  /** Adds a record that was written to this file. */
  add(segment: Segment, record: WaitingRecord): void {
    segment.add(record)
    this.#inMemory += record.text.length
    this.#waiting += 1
    if (this.#inMemory > mostInMemory) this.#forgetOldest()
  }

  /** Returns the oldest records that wait; null where none does. */
  async next(most: number): Promise<Batch | null> {
    const segment = this.#segments.find(({ waiting }) => waiting > 0)
    if (segment === undefined) return null
    if (segment.inMemory.length === 0) {
      const lost = await segment.load()
      this.#inMemory += lengthOf(segment.inMemory)
      this.#waiting -= lost
      if (lost > 0) this.#onLost(segment.path ?? '', lost)
    }
    return { segment, records: segment.inMemory.slice(0, most) }
  }

  /** Removes the records of a batch, which are in the database now, and the files that are not needed any more. */
  async drained({ segment, records }: Batch): Promise<void> {
    this.#waiting -= records.length
    this.#inMemory -= lengthOf(records)
    for (const record of records) this.bill(record, -1)
    await segment.drained(records.length)
    await this.removeDone()
  }

  /** Deletes the files that are not needed any more, the oldest first. */
  async removeDone(): Promise<void> {
    for (let [first] = this.#segments; first?.isDone === true; [first] = this.#segments) {
      this.#segments.shift()
      await first.remove()
    }
  }

  /** Finds a record that waits and is in memory. */
  find(id: string): WaitingRecord | null {
    for (const { inMemory } of this.#segments.toReversed()) {
      const found = inMemory.findLast((record) => record.id === id)
      if (found !== undefined) return found
    }
    return null
  }

  /** Forgets records that are in a file, except those of the file that is being drained and of the one that is being written. */
  #forgetOldest(): void {
    const draining = this.#segments.findIndex(({ waiting }) => waiting > 0)
    for (const segment of this.#segments.slice(draining + 1)) {
      if (this.#inMemory <= mostInMemory / 2 || !segment.isFull) return
      const length = lengthOf(segment.inMemory)
      segment.forget()
      this.#inMemory -= length
    }
  }
}

const lengthOf = (records: readonly WaitingRecord[]): number => records.reduce((sum, { text }) => sum + text.length, 0)
