import type { GenerationContext } from '../canonical/generation-context.ts'
import type { ContentRecord, ContentStore } from '../storage/stores/content-store.ts'
import { atMost } from '../util/at-most.ts'
import { LossReport } from '../util/loss-report.ts'
import type { ContentReader } from './collect-content.ts'

/** The most characters that wait for the database. */
const mostWaiting = 16_000_000
const mostPerWrite = 20
const closeLimitMs = 2_000

/** The names of the accounts whose contents are kept. They are looked up for each request, because they may change. */
type Accounts = Pick<ReadonlySet<string>, 'has'>

/** Why a content is not kept. */
type Lack = 'it is too long' | 'the database does not keep up' | 'the database refused it'

/**
 * Keeps what is said in generations, for the accounts that want it. It is written in the background; where that fails, or too much waits,
 * it is dropped and counted, since no request waits for it.
 */
export class ContentLog implements ContentReader {
  readonly #accounts: Accounts
  readonly #store: Pick<ContentStore, 'write'>
  readonly #losses: LossReport<Lack>
  #waiting: ContentRecord[] = []
  #waitingCharacters = 0
  #writing: Promise<void> | null = null

  constructor(dependencies: {
    readonly accounts: Accounts
    readonly store: Pick<ContentStore, 'write'>
    readonly onError: (error: Error) => void
  }) {
    this.#accounts = dependencies.accounts
    this.#store = dependencies.store
    this.#losses = new LossReport((count, lack) => {
      const contents = `The content of ${count} ${count === 1 ? 'generation' : 'generations'}`
      dependencies.onError(new Error(`${contents} is not kept: ${lack}.`))
    })
  }

  /** Tells whether the contents of the generations of an account are kept. */
  isOn(account: string): boolean {
    return this.#accounts.has(account)
  }

  /** Tells whether the content of a generation is kept. */
  wants({ principal }: GenerationContext): boolean {
    return this.isOn(principal.account)
  }

  /** Keeps a content. */
  take(content: ContentRecord): void {
    this.#keep(content)
  }

  /** Counts a content that is too long to be kept. */
  tooLong(): void {
    this.#losses.add(1, 'it is too long')
  }

  /** The number of contents that are not in the database yet. */
  get waiting(): number {
    return this.#waiting.length
  }

  /** Writes what waits, for up to two seconds. */
  async close(): Promise<void> {
    if (this.#writing !== null) await atMost(closeLimitMs, this.#writing)
    if (this.#waiting.length > 0) this.#losses.add(this.#waiting.length, 'the database does not keep up')
    this.#waiting = []
    this.#losses.flush()
  }

  #keep(content: ContentRecord): void {
    const size = sizeOf(content)
    if (this.#waitingCharacters + size > mostWaiting) return this.#losses.add(1, 'the database does not keep up')
    this.#waiting.push(content)
    this.#waitingCharacters += size
    this.#writing ??= this.#write().finally(() => {
      this.#writing = null
    })
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      const contents = this.#waiting.splice(0, mostPerWrite)
      try {
        await this.#store.write(contents)
      } catch {
        this.#losses.add(contents.length, 'the database refused it')
      }
      for (const content of contents) this.#waitingCharacters -= sizeOf(content)
    }
  }
}

const sizeOf = ({ input, completion, reasoning, toolCalls, error }: ContentRecord): number =>
  [input, completion, reasoning, toolCalls, error].reduce((sum, text) => sum + (text?.length ?? 0), 0)
