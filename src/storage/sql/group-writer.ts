import { sleep } from '../../util/sleep.ts'
import { StorageError } from '../stores/storage-error.ts'

/** How many items are written at once. Only these may be on disk while they still wait. */
export const fullGroup = 500
/** How long the first item of a group waits for others. At 7,000 a second, 100 ms took a tenth less CPU a request than 20 ms. */
const gatherMs = 100
const firstRetryMs = 50
const lastRetryMs = 1000
const reportEveryMs = 1000

interface Waiter {
  /** Resolved when so many items have been handled since the start. */
  readonly until: number
  resolve(): void
  reject(error: Error): void
}

/** The most memory that waiting items may take before the writer counts as full. */
const mostBytes = 64 * 1024 * 1024

/** What a group writer is given. */
interface GroupWriterDependencies<Item> {
  /** Writes all items or none. Rejects with a StorageError whose `transient` tells whether to try again. */
  write(group: readonly Item[]): Promise<void>
  /** Names an item in the report that it could not be written. */
  name(item: Item): string
  /** Estimates the bytes of memory that an item takes while it waits. */
  size(item: Item): number
  onError(error: Error): void
}

/**
 * A writer of items in groups and in order, one group at a time. While one group is being written, the next one gathers, so that groups grow
 * with the load. A group that fails is tried again until it succeeds. While the process runs, an item is dropped only if the database would
 * never accept it, and that is reported.
 */
export class GroupWriter<Item> {
  readonly #dependencies: GroupWriterDependencies<Item>
  readonly #queue: Item[] = []
  #queuedBytes = 0
  readonly #stop = new AbortController()
  #waiters: Waiter[] = []
  /** The number of items that were handled since the start. */
  #done = 0
  #groupSize = fullGroup
  #timer: NodeJS.Timeout | null = null
  #kick: NodeJS.Immediate | null = null
  #running: Promise<void> | null = null
  #retryMs = firstRetryMs
  #failure: Error | null = null
  #reportedAt = Number.NEGATIVE_INFINITY
  #closed = false

  constructor(dependencies: GroupWriterDependencies<Item>) {
    this.#dependencies = dependencies
  }

  /** The items that are not written yet, oldest first. */
  get pending(): readonly Item[] {
    return this.#queue
  }

  /** Whether the waiting items take as much memory as they may. Items that are appended all the same are kept. */
  get isFull(): boolean {
    return this.#queuedBytes >= mostBytes
  }

  /** Adds an item to be written. */
  append(item: Item): void {
    if (this.#closed) {
      this.#dependencies.onError(refused(this.#dependencies.name(item), 'the storage is closed'))
      return
    }
    this.#queue.push(item)
    this.#queuedBytes += this.#dependencies.size(item)
    if (this.#running !== null) return
    if (this.#queue.length >= fullGroup) this.#start()
    else this.#timer ??= setTimeout(() => this.#start(), gatherMs)
  }

  /**
   * Resolves when all items that were appended so far are written. While the database fails it rejects, because the failure may last. The
   * items stay queued.
   */
  flush(): Promise<void> {
    if (this.#queue.length === 0) return Promise.resolve()
    if (this.#failure !== null) return Promise.reject(this.#failure)
    // The start is delayed, so that requests that end in the same turn of the event loop share a group.
    if (this.#running === null) this.#kick ??= setImmediate(() => this.#start())
    return new Promise((resolve, reject) => {
      this.#waiters.push({ until: this.#done + this.#queue.length, resolve, reject })
    })
  }

  /**
   * Accepts no more items, and tries for up to `limitMs` to write the rest.
   * @throws StorageError when items are lost.
   */
  async close(limitMs: number): Promise<void> {
    this.#closed = true
    this.#start()
    const limit = new AbortController()
    await Promise.race([this.#running, sleep(limitMs, limit.signal)])
    limit.abort()
    this.#stop.abort()
    if (this.#queue.length === 0) return
    const reason = this.#failure === null ? 'The database did not answer in time.' : this.#failure.message
    throw new StorageError(`${this.#queue.length} records could not be written before closing: ${reason}`, {
      transient: false,
    })
  }

  #start(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    if (this.#kick !== null) clearImmediate(this.#kick)
    this.#timer = null
    this.#kick = null
    if (this.#queue.length > 0) this.#running ??= this.#run()
  }

  /** Writes groups until the rest neither fills a group nor is waited for. The rest waits for the timer. */
  async #run(): Promise<void> {
    do {
      const group = this.#queue.slice(0, this.#groupSize)
      try {
        await this.#dependencies.write(group)
        this.#succeeded(group.length)
      } catch (error) {
        await this.#failed(group, error instanceof Error ? error : new Error(String(error)))
      }
    } while (this.#goesOn())
    // This happens in the same turn as the last check of the queue: an item that is appended after it must start the next run.
    this.#running = null
    if (this.#queue.length > 0 && !this.#closed) this.#timer = setTimeout(() => this.#start(), gatherMs)
  }

  #goesOn(): boolean {
    if (this.#queue.length === 0 || this.#stop.signal.aborted) return false
    return this.#closed || this.#failure !== null || this.#waiters.length > 0 || this.#queue.length >= fullGroup
  }

  #succeeded(count: number): void {
    this.#failure = null
    this.#retryMs = firstRetryMs
    this.#groupSize = Math.min(fullGroup, this.#groupSize * 2)
    this.#remove(count)
  }

  #remove(count: number): void {
    for (const item of this.#queue.splice(0, count)) this.#queuedBytes -= this.#dependencies.size(item)
    this.#done += count
    const reached = this.#waiters.filter((waiter) => waiter.until <= this.#done)
    if (reached.length === 0) return
    this.#waiters = this.#waiters.filter((waiter) => waiter.until > this.#done)
    for (const waiter of reached) waiter.resolve()
  }

  /** Handles a group that failed. One that the database will never accept is halved until the item at fault is alone. */
  async #failed(group: readonly Item[], error: Error): Promise<void> {
    if (error instanceof StorageError && error.transient) {
      await this.#waitToRetry(error)
      return
    }
    this.#failure = null
    const [item] = group
    if (item !== undefined && group.length === 1) {
      this.#dependencies.onError(refused(this.#dependencies.name(item), error.message))
      this.#remove(1)
    } else {
      this.#groupSize = Math.ceil(group.length / 2)
    }
  }

  async #waitToRetry(error: Error): Promise<void> {
    this.#failure = error
    for (const waiter of this.#waiters.splice(0)) waiter.reject(error)
    if (performance.now() - this.#reportedAt >= reportEveryMs) {
      this.#reportedAt = performance.now()
      const waiting = `${this.#queue.length} records wait in memory and are tried again.`
      this.#dependencies.onError(
        new StorageError(`The database takes no writes: ${error.message}. ${waiting}`, { transient: true }),
      )
    }
    await sleep(this.#retryMs, this.#stop.signal)
    this.#retryMs = Math.min(lastRetryMs, this.#retryMs * 2)
  }
}

const refused = (name: string, reason: string): StorageError =>
  new StorageError(`${name} could not be stored and is lost: ${reason}.`, { transient: false })
