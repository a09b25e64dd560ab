import { rm } from 'node:fs/promises'
import { type KeptGeneration, keptGeneration, type RecordText } from '../../canonical/record-text.ts'
import { codeOf } from '../../util/code-of.ts'
import { markDrained, readSegment } from './segment-file.ts'

/** A settled record that is not in the database yet. */
export interface WaitingRecord {
  readonly id: string
  readonly account: string
  readonly keyHash: string
  readonly createdAt: number
  readonly cost: number
  readonly upstreamCost: number
  readonly text: RecordText
}

/** Reads a record from its text, which another version of Waygate may have written. */
export function waitingRecord(text: RecordText): WaitingRecord {
  const { kept, text: completed } = keptGeneration(text)
  return describe(kept, completed)
}

/** Adds to a text what is asked while it waits. */
export const describe = (
  { id, account, keyHash, createdAt, cost, upstreamCost }: Pick<KeptGeneration, Exclude<keyof WaitingRecord, 'text'>>,
  text: RecordText,
): WaitingRecord => ({ id, account, keyHash, createdAt, cost, upstreamCost, text })

/** What waits in one file of a journal. */
export class Segment {
  /** Null for a journal without files. */
  readonly path: string | null
  /** The records that wait, oldest first; null while they are only in the file. */
  #records: WaitingRecord[] | null
  #waiting = 0
  #drained = 0
  /** The generations whose first line of what is underway is here. The file is kept until they are settled. */
  readonly underway = new Set<string>()
  /** Whether no more is written to it. */
  isFull: boolean
  /** Called once the file is deleted. */
  onRemoved?: () => Promise<void>

  /** @param left Given for a file that another process left. */
  constructor(path: string | null, left?: { readonly drained: number; readonly waiting: number }) {
    this.path = path
    this.#drained = left?.drained ?? 0
    this.#waiting = left?.waiting ?? 0
    this.#records = left === undefined ? [] : null
    this.isFull = left !== undefined
  }

  /** The number of records that wait. */
  get waiting(): number {
    return this.#waiting
  }

  /** The records that wait and are in memory. */
  get inMemory(): readonly WaitingRecord[] {
    return this.#records ?? []
  }

  /** Whether nothing in the file is needed any more. */
  get isDone(): boolean {
    return this.isFull && this.#waiting === 0 && this.underway.size === 0
  }

  add(record: WaitingRecord): void {
    this.#records?.push(record)
    this.#waiting += 1
  }

  /** Keeps the records only in the file. */
  forget(): void {
    if (this.path !== null) this.#records = null
  }

  /**
   * Reads the records from the file, where they are only there. Returns the number of those that cannot be read any more: somebody changed
   * or deleted the file.
   */
  async load(): Promise<number> {
    if (this.#records !== null || this.path === null) return 0
    this.#records = await this.#read(this.path).catch(() => [])
    const lost = this.#waiting - this.#records.length
    this.#waiting -= lost
    return lost
  }

  /** Removes the oldest records, which are in the database now. */
  async drained(count: number): Promise<void> {
    this.#records?.splice(0, count)
    this.#waiting -= count
    this.#drained += count
    // Where nothing waits, the file is deleted, unless something in it is underway or more will be written to it.
    if (this.path === null || this.isDone) return
    await markDrained(this.path, this.#drained).catch((error: unknown) => {
      // Somebody deleted the file. The journal notices that by itself.
      if (codeOf(error) !== 'ENOENT') throw error
    })
  }

  /** Deletes the file. */
  async remove(): Promise<void> {
    if (this.path !== null) await rm(this.path, { force: true })
    await this.onRemoved?.()
  }

  async #read(path: string): Promise<WaitingRecord[]> {
    const { lines } = await readSegment(path)
    const settled = lines.filter(({ kind }) => kind === 'settled')
    return settled.slice(this.#drained).map(({ text }) => waitingRecord(text))
  }
}
