import type { KeyUsage as Usage, UsageStore } from '../storage/stores/usage-store.ts'
import { emptiedSoon } from './journal/emptied-soon.ts'
import type { Journal } from './journal/journal.ts'

/** What keys have spent, for lists of them: one query for a page, which reads the kept sums. */
export class KeyUsage {
  readonly #usage: Pick<UsageStore, 'ofKeys'>
  readonly #journal: Pick<Journal, 'emptied'>

  constructor(usage: Pick<UsageStore, 'ofKeys'>, journal: Pick<Journal, 'emptied'>) {
    this.#usage = usage
    this.#journal = journal
  }

  /** Returns what keys have spent in all and in the periods of `now`. Has an entry for each key. */
  async of(keyHashes: readonly string[], now: number): Promise<ReadonlyMap<string, Usage>> {
    await emptiedSoon(this.#journal)
    return this.#usage.ofKeys(keyHashes, now)
  }
}
