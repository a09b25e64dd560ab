interface Entry<Key, Value> {
  readonly key: Key
  value: Value
  older: Entry<Key, Value> | null
  newer: Entry<Key, Value> | null
}

/**
 * A map that finds the entry which was set the longest time ago at a constant cost. A `Map` has this order too. But where entries are set
 * anew or removed, its iterator passes over all places that they have left, which takes 50 µs with 100,000 entries.
 */
export class RecencyMap<Key, Value> {
  readonly #most: number
  readonly #entries = new Map<Key, Entry<Key, Value>>()
  #oldest: Entry<Key, Value> | null = null
  #newest: Entry<Key, Value> | null = null

  /** @param most The most entries. Beyond it, the one that was set the longest time ago is removed. */
  constructor(most = Infinity) {
    this.#most = most
  }

  /** The number of entries. */
  get size(): number {
    return this.#entries.size
  }

  get(key: Key): Value | undefined {
    return this.#entries.get(key)?.value
  }

  /** Sets an entry, which becomes the newest. */
  set(key: Key, value: Value): void {
    const known = this.#entries.get(key)
    if (known !== undefined) this.#unlink(known)
    const entry = known ?? { key, value, older: null, newer: null }
    entry.value = value
    this.#append(entry)
    if (known !== undefined) return
    this.#entries.set(key, entry)
    if (this.#oldest !== null && this.#entries.size > this.#most) this.delete(this.#oldest.key)
  }

  /** Removes an entry. Returns whether there was one. */
  delete(key: Key): boolean {
    const entry = this.#entries.get(key)
    if (entry === undefined) return false
    this.#unlink(entry)
    return this.#entries.delete(key)
  }

  clear(): void {
    this.#entries.clear()
    this.#oldest = null
    this.#newest = null
  }

  /** Returns the entry that was set the longest time ago; null where there is none. */
  oldest(): { readonly key: Key; readonly value: Value } | null {
    return this.#oldest
  }

  /** Iterates over the keys, in no order that means anything. */
  keys(): IterableIterator<Key> {
    return this.#entries.keys()
  }

  #append(entry: Entry<Key, Value>): void {
    entry.older = this.#newest
    entry.newer = null
    if (this.#newest === null) this.#oldest = entry
    else this.#newest.newer = entry
    this.#newest = entry
  }

  #unlink({ older, newer }: Entry<Key, Value>): void {
    if (older === null) this.#oldest = newer
    else older.newer = newer
    if (newer === null) this.#newest = older
    else newer.older = older
  }
}
