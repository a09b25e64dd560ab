import type { KeyUsage as Usage, UsageStore } from '../storage/stores/usage-store.ts'
import { sleep } from '../util/sleep.ts'
import type { Journal } from './journal/journal.ts'

/** How long a reader waits for what ended a moment ago. Under constant load something always waits. */
const waitMs = 200
const nothing = (): void => {}

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
    const ended = new AbortController()
    // A database that fails tells so itself, below.
    await Promise.race([this.#journal.emptied().catch(nothing), sleep(waitMs, ended.signal)])
    ended.abort()
    return this.#usage.ofKeys(keyHashes, now)
  }
}
