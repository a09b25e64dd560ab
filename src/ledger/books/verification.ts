import type { BooksCheck } from '../../storage/stores/books-store.ts'
import type { Clock } from '../../util/clock.ts'
import type { JournalContent } from '../journal/inspect.ts'
import { messageOf } from '../../util/message-of.ts'

/** A check of the books that was begun. */
export type Verification = { readonly startedAt: number } & (
  | { readonly state: 'running' }
  | {
      readonly state: 'done'
      readonly finishedAt: number
      readonly inOrder: boolean
      readonly check: BooksCheck
      readonly journal: JournalContent
    }
  | { readonly state: 'failed'; readonly finishedAt: number; readonly failure: string }
)

/** Checks of the books beside a server that runs: one at a time, in the background. */
export class BooksVerification {
  readonly #check: () => Promise<{ readonly check: BooksCheck; readonly journal: JournalContent }>
  readonly #clock: Clock
  #last: Verification | null = null

  constructor(check: () => Promise<{ readonly check: BooksCheck; readonly journal: JournalContent }>, clock: Clock) {
    this.#check = check
    this.#clock = clock
  }

  /** The last check that was begun; null where there was none since the start. */
  get last(): Verification | null {
    return this.#last
  }

  /** Begins a check, unless one runs. Returns the one that runs. */
  begin(): Verification {
    if (this.#last?.state === 'running') return this.#last
    const running: Verification = { state: 'running', startedAt: this.#clock.now() }
    this.#last = running
    void this.#run(running.startedAt)
    return running
  }

  async #run(startedAt: number): Promise<void> {
    try {
      const { check, journal } = await this.#check()
      const inOrder = check.mistakes.length === 0 && journal.damaged.length === 0 && journal.refused === 0
      this.#last = { state: 'done', startedAt, finishedAt: this.#clock.now(), inOrder, check, journal }
    } catch (error) {
      const failure = messageOf(error)
      this.#last = { state: 'failed', startedAt, finishedAt: this.#clock.now(), failure }
    }
  }
}
