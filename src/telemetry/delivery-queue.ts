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

/** It is created once, because an abort without a reason creates a stack trace each time. */
const filled = new Error('A request is full.')

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
  readonly #closed = new AbortController()
  /** Ends the waits when the gateway stops. */
  readonly #hurry = new AbortController()
  /** Ends the wait for more items; null while nothing waits for them. */
  #enough: AbortController | null = null
  #waiting: Waiting<Item>[] = []
  #characters = 0
  #sending = 0
  readonly #running = new Set<Promise<void>>()

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
    if (this.#closed.signal.aborted || this.#hurry.signal.aborted) return this.#drop(1, 'the gateway stops')
    if (this.#waiting.length >= mostItems || this.#characters + size > mostCharacters) {
      return this.#drop(1, 'too much waits')
    }
    this.#waiting.push({ item, size })
    this.#characters += size
    if (this.#waiting.length >= this.#perRequest) this.#enough?.abort(filled)
    if (this.#running.size === 0) this.#start()
    else this.#startAnother()
  }

  /** Sends what waits, for up to two seconds. The rest is dropped and counted. */
  async close(): Promise<void> {
    this.#hurry.abort()
    const limit = new AbortController()
    await Promise.race([Promise.all(this.#running), sleep(closeMs, limit.signal)])
    limit.abort()
    this.#closed.abort()
    await Promise.all(this.#running)
    if (this.#waiting.length > 0) this.#drop(this.#waiting.length, 'the gateway stops')
    this.#waiting = []
    this.#losses.flush()
  }

  #drop(count: number, reason: string): void {
    this.#onDrop(count)
    this.#losses.add(count, reason)
  }

  #start(): void {
    const run = this.#run().finally(() => this.#running.delete(run))
    this.#running.add(run)
  }

  /** Starts another request where a whole one waits. */
  #startAnother(): void {
    const isFull = this.#waiting.length >= this.#perRequest
    if (isFull && this.#enough === null && this.#running.size < mostAtOnce) this.#start()
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0 && !this.#closed.signal.aborted) {
      if (this.#waiting.length < this.#perRequest) {
        if (this.#enough !== null) return
        await this.#more()
      }
      const batch = this.#waiting.splice(0, this.#perRequest)
      // Another one has sent them in the meantime.
      if (batch.length === 0) return
      for (const { size } of batch) this.#characters -= size
      this.#sending += batch.length
      const delivery = this.#deliver(batch.map(({ item }) => item))
      this.#startAnother()
      const failure = await delivery
      this.#sending -= batch.length
      if (failure !== null) this.#drop(batch.length, failure)
    }
  }

  /** Waits for more items. */
  async #more(): Promise<void> {
    this.#enough = new AbortController()
    await sleep(batchMs, AbortSignal.any([this.#enough.signal, this.#hurry.signal]))
    this.#enough = null
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
