import type { OutgoingRequest, SendRequest } from '../canonical/outgoing-request.ts'
import { LossReport } from '../util/loss-report.ts'
import { sleep } from '../util/sleep.ts'

/** How long the first item waits for others, where they do not fill a request before. */
const batchMs = 1_000
/** The most requests at the same time. */
const mostAtOnce = 4
/** The most items, and the most characters of them, that wait. */
const mostItems = 2_048
const mostCharacters = 16_000_000
/** How often, how long and after which pauses one request is tried. */
const mostTries = 4
const tryMs = 10_000
const firstPauseMs = 500
/** How long the last items may take when the gateway stops. */
const closeMs = 2_000

/** What is to be sent, and how large it is. */
interface Waiting<Item> {
  readonly item: Item
  readonly size: number
}

/**
 * Sends items in the background, several in one request. Nobody waits for it: what comes while too much waits is dropped and counted, and so
 * is what cannot be delivered after four tries.
 */
export class DeliveryQueue<Item> {
  readonly #perRequest: number
  readonly #send: SendRequest
  readonly #encode: (items: readonly Item[]) => OutgoingRequest | Promise<OutgoingRequest>
  readonly #onDrop: (count: number) => void
  readonly #losses: LossReport<string>
  /** Ends the pauses between tries, and the waits for more items, when the gateway stops. */
  readonly #hurry = new AbortController()
  /** Ends the requests that take too long then. */
  readonly #closed = new AbortController()
  /** Ends the wait of the first item for others; undefined while none waits. */
  #timer: NodeJS.Timeout | undefined
  #waiting: Waiting<Item>[] = []
  #characters = 0
  #sending = 0
  readonly #requests = new Set<Promise<void>>()

  constructor(dependencies: {
    /** The most items that are sent in one request. */
    readonly perRequest: number
    readonly send: SendRequest
    readonly encode: (items: readonly Item[]) => OutgoingRequest | Promise<OutgoingRequest>
    /** Called at once for what is dropped. */
    readonly onDrop: (count: number) => void
    /** Called every ten seconds at most, with what was dropped since. */
    readonly report: (count: number, reason: string) => void
  }) {
    this.#perRequest = dependencies.perRequest
    this.#send = dependencies.send
    this.#encode = dependencies.encode
    this.#onDrop = dependencies.onDrop
    this.#losses = new LossReport(dependencies.report)
  }

  /** How many items wait or are being sent. */
  get waiting(): number {
    return this.#waiting.length + this.#sending
  }

  /** Adds an item. @param size About how many characters it has. */
  add(item: Item, size: number): void {
    if (this.#hurry.signal.aborted) return this.drop(1, 'the gateway stops')
    if (this.#waiting.length >= mostItems || this.#characters + size > mostCharacters) {
      return this.drop(1, 'too much waits')
    }
    this.#waiting.push({ item, size })
    this.#characters += size
    this.#sendWaiting()
  }

  /** Counts and reports items that are not sent. */
  drop(count: number, reason: string): void {
    this.#onDrop(count)
    this.#losses.add(count, reason)
  }

  /** Sends what waits, for up to two seconds. The rest is dropped and counted. */
  async close(): Promise<void> {
    this.#hurry.abort()
    this.#sendWaiting()
    const limit = setTimeout(() => this.#closed.abort(), closeMs)
    while (this.#requests.size > 0) await Promise.all(this.#requests)
    clearTimeout(limit)
    if (this.#waiting.length > 0) this.drop(this.#waiting.length, 'the gateway stops')
    this.#waiting = []
    this.#stopTimer()
    this.#losses.flush()
  }

  /** Sends what waits, up to four requests at the same time. What does not fill a request waits for more, unless that is over. */
  #sendWaiting(isOver = this.#hurry.signal.aborted): void {
    const least = isOver ? 1 : this.#perRequest
    while (this.#waiting.length >= least && this.#requests.size < mostAtOnce && !this.#closed.signal.aborted) {
      this.#stopTimer()
      const request = this.#sendBatch(this.#waiting.splice(0, this.#perRequest)).then(() => {
        this.#requests.delete(request)
        this.#sendWaiting()
      })
      this.#requests.add(request)
    }
    if (this.#waiting.length > 0) this.#timer ??= setTimeout(() => this.#sendRest(), batchMs)
  }

  /** Sends also what does not fill a request. */
  #sendRest(): void {
    this.#stopTimer()
    this.#sendWaiting(true)
  }

  #stopTimer(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  async #sendBatch(batch: readonly Waiting<Item>[]): Promise<void> {
    for (const { size } of batch) this.#characters -= size
    this.#sending += batch.length
    const failure = await this.#deliver(batch.map(({ item }) => item))
    this.#sending -= batch.length
    if (failure !== null) this.drop(batch.length, failure)
  }

  /**
   * Sends one request, up to four times. It is the same one each time, so that a receiver which took it and whose answer was lost can tell.
   * Returns null once it is delivered, else why it is not.
   */
  async #deliver(items: readonly Item[]): Promise<string | null> {
    let request: OutgoingRequest | undefined
    const encoded = async (): Promise<OutgoingRequest> => (request ??= await this.#encode(items))
    for (let tries = 1; ; tries++) {
      const failure = await this.#try(encoded)
      if (failure === null || !failure.mayPass || tries === mostTries) return failure?.reason ?? null
      // A pause of a random part keeps several nodes apart.
      const pauseMs = firstPauseMs * 2 ** (tries - 1) * (0.5 + Math.random() / 2)
      await sleep(pauseMs, this.#hurry.signal)
      if (this.#closed.signal.aborted) return failure.reason
    }
  }

  async #try(
    encoded: () => Promise<OutgoingRequest>,
  ): Promise<{ readonly reason: string; readonly mayPass: boolean } | null> {
    const limit = AbortSignal.timeout(tryMs)
    try {
      const status = await this.#send(await encoded(), AbortSignal.any([limit, this.#closed.signal]))
      if (status >= 200 && status < 300) return null
      return { reason: `it answered with status ${status}`, mayPass: status === 408 || status === 429 || status >= 500 }
    } catch {
      // The message of an error may name an address with a password in it.
      return { reason: limit.aborted ? 'it did not answer in time' : 'it cannot be reached', mayPass: true }
    }
  }
}
