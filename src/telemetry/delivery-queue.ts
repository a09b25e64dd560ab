import type { EncodedRequest, OutgoingRequest, SendRequest } from '../canonical/outgoing-request.ts'
import { LossReport } from '../util/loss-report.ts'
import { sleep } from '../util/sleep.ts'
import type { Room } from './delivery-room.ts'

/** How long the first item waits for others, where they do not fill a request before. */
const batchMs = 1_000
/** The most requests at the same time. */
const mostAtOnce = 4
/** The most items that wait, and the most bytes of what waits or is being sent. */
const mostItems = 2_048
const mostBytes = 16_000_000
/** The most bytes of the items of one request, save where one item alone has more. */
const mostBytesPerRequest = 4_000_000
/** How often, how long and after which pauses one request is tried. */
const mostTries = 4
const tryMs = 10_000
const firstPauseMs = 500
/** How long the last items may take when the gateway stops. */
const closeMs = 2_000
const tooMuch = 'too much waits'

/** What is to be sent, and how many bytes it takes. */
interface Waiting<Item> {
  readonly item: Item
  readonly bytes: number
}

/** What is being sent: its items until they are encoded, and the bytes that it takes. */
interface Batch<Item> {
  readonly count: number
  items: readonly Item[]
  bytes: number
}

/**
 * Sends items in the background, several in one request. Nobody waits for it: what comes while too much waits is dropped and counted, and so
 * is what cannot be delivered after four tries. What waits takes room until it is delivered or dropped, in the queue and in a room that it
 * shares with others.
 */
export class DeliveryQueue<Item> {
  readonly #perRequest: number
  readonly #room: Room
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
  #waitingBytes = 0
  /** The bytes of what waits and of what is being sent. */
  #bytes = 0
  #sending = 0
  readonly #requests = new Set<Promise<void>>()

  constructor(dependencies: {
    /** The most items that are sent in one request. */
    readonly perRequest: number
    readonly room: Room
    readonly send: SendRequest
    readonly encode: (items: readonly Item[]) => OutgoingRequest | Promise<OutgoingRequest>
    /** Called at once for what is dropped. */
    readonly onDrop: (count: number) => void
    /** Called every ten seconds at most, with what was dropped since. */
    readonly report: (count: number, reason: string) => void
  }) {
    this.#perRequest = dependencies.perRequest
    this.#room = dependencies.room
    this.#send = dependencies.send
    this.#encode = dependencies.encode
    this.#onDrop = dependencies.onDrop
    this.#losses = new LossReport(dependencies.report)
  }

  /** How many items wait or are being sent. */
  get waiting(): number {
    return this.#waiting.length + this.#sending
  }

  /** Adds an item. @param bytes About how many it takes, of itself and once it is encoded, whichever is more. */
  add(item: Item, bytes: number): void {
    if (this.#hurry.signal.aborted) return this.drop(1, 'the gateway stops')
    if (this.#waiting.length >= mostItems || !this.#take(bytes)) return this.drop(1, tooMuch)
    this.#waiting.push({ item, bytes })
    this.#waitingBytes += bytes
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
    this.#give(this.#waitingBytes)
    this.#waitingBytes = 0
    this.#stopTimer()
    this.#losses.flush()
  }

  /** Sends what waits, up to four requests at the same time. What does not fill a request waits for more, unless that is over. */
  #sendWaiting(isOver = this.#hurry.signal.aborted): void {
    const least = isOver ? 1 : this.#perRequest
    const isEnough = (): boolean => this.#waiting.length >= least || this.#waitingBytes >= mostBytesPerRequest
    while (isEnough() && this.#requests.size < mostAtOnce && !this.#closed.signal.aborted) {
      this.#stopTimer()
      const request = this.#sendBatch(this.#nextBatch()).then(() => {
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

  /** Takes the items of one request from those that wait. */
  #nextBatch(): Batch<Item> {
    let count = 0
    let bytes = 0
    for (const { bytes: more } of this.#waiting) {
      if (count === this.#perRequest || (count > 0 && bytes + more > mostBytesPerRequest)) break
      count += 1
      bytes += more
    }
    this.#waitingBytes -= bytes
    return { count, items: this.#waiting.splice(0, count).map(({ item }) => item), bytes }
  }

  #take(bytes: number): boolean {
    if (this.#bytes + bytes > mostBytes || !this.#room.take(bytes)) return false
    this.#bytes += bytes
    return true
  }

  #give(bytes: number): void {
    this.#bytes -= bytes
    this.#room.give(bytes)
  }

  async #sendBatch(batch: Batch<Item>): Promise<void> {
    this.#sending += batch.count
    const failure = await this.#deliver(batch)
    this.#sending -= batch.count
    this.#give(batch.bytes)
    if (failure !== null) this.drop(batch.count, failure)
  }

  /** Encodes a batch, which takes the bytes of its body then, and none for its items. Null where there is no room for the body. */
  async #encodeBatch(batch: Batch<Item>): Promise<EncodedRequest | null> {
    const { body: text, ...request } = await this.#encode(batch.items)
    const body = Buffer.from(text)
    const more = body.length - batch.bytes
    if (more > 0 && !this.#take(more)) return null
    if (more < 0) this.#give(-more)
    batch.bytes = body.length
    batch.items = []
    return { ...request, body }
  }

  /**
   * Sends one request, up to four times. It is the same one each time, so that a receiver which took it and whose answer was lost can tell.
   * Returns null once it is delivered, else why it is not.
   */
  async #deliver(batch: Batch<Item>): Promise<string | null> {
    let request: EncodedRequest | null = null
    const encoded = async (): Promise<EncodedRequest | null> => (request ??= await this.#encodeBatch(batch))
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
    encoded: () => Promise<EncodedRequest | null>,
  ): Promise<{ readonly reason: string; readonly mayPass: boolean } | null> {
    const limit = AbortSignal.timeout(tryMs)
    try {
      const request = await encoded()
      if (request === null) return { reason: tooMuch, mayPass: false }
      const status = await this.#send(request, AbortSignal.any([limit, this.#closed.signal]))
      if (status >= 200 && status < 300) return null
      return { reason: `it answered with status ${status}`, mayPass: status === 408 || status === 429 || status >= 500 }
    } catch {
      // The message of an error may name an address with a password in it.
      return { reason: limit.aborted ? 'it did not answer in time' : 'it cannot be reached', mayPass: true }
    }
  }
}
