import { RecencyMap } from '../util/recency-map.ts'

interface Kept<Entry> {
  readonly entry: Entry
  readonly bytes: number
  readonly since: number
  readonly until: number
}

/** The most bytes that all entries take together. It is read at each use, because it may change. */
interface Bound {
  readonly maxBytes: number
}

/** Entries that are kept for a time each, within an amount of memory in all. The oldest are dropped first. */
export class BoundedEntries<Entry> {
  readonly #kept = new RecencyMap<string, Kept<Entry>>()
  readonly #bound: Bound
  readonly #now: () => number
  #bytes = 0

  /** @param now Returns monotonic milliseconds. */
  constructor(bound: Bound, now: () => number) {
    this.#bound = bound
    this.#now = now
  }

  /** Returns an entry with its age and the time that it has left, in milliseconds; null where there is none. */
  get(key: string): { readonly entry: Entry; readonly ageMs: number; readonly leftMs: number } | null {
    const kept = this.#kept.get(key)
    if (kept === undefined) return null
    const now = this.#now()
    if (now >= kept.until) {
      this.delete(key)
      return null
    }
    return { entry: kept.entry, ageMs: now - kept.since, leftMs: kept.until - now }
  }

  /** Keeps an entry for so long, unless it alone is too large. `ageMs` is for one that has been kept elsewhere. */
  set(key: string, entry: Entry, bytes: number, ttlMs: number, ageMs = 0): void {
    this.delete(key)
    if (bytes > this.#bound.maxBytes) return
    const since = this.#now() - ageMs
    this.#kept.set(key, { entry, bytes, since, until: since + ttlMs })
    this.#bytes += bytes
    for (let oldest = this.#kept.oldest(); oldest !== null; oldest = this.#kept.oldest()) {
      if (this.#bytes <= this.#bound.maxBytes) return
      this.delete(oldest.key)
    }
  }

  delete(key: string): void {
    const kept = this.#kept.get(key)
    if (kept === undefined) return
    this.#kept.delete(key)
    this.#bytes -= kept.bytes
  }
}
