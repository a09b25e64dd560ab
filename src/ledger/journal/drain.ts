import { appendFile } from 'node:fs/promises'
import type { GenerationStore } from '../../storage/stores/generation-store.ts'
import { StorageError } from '../../storage/stores/storage-error.ts'
import { atMost } from '../../util/at-most.ts'
import { sleep } from '../../util/sleep.ts'
import type { Backlog, Batch } from './backlog.ts'
import type { WaitingRecord } from './segment.ts'

const fullBatch = 500
/** How long the first record of a batch waits for others. At 7,000 a second, 100 ms took a tenth less CPU a request than 20 ms. */
const gatherMs = 100
const firstRetryMs = 50
const lastRetryMs = 1000
const reportEveryMs = 1000

/** What draining is given. */
interface DrainDependencies {
  readonly backlog: Backlog
  readonly store: Pick<GenerationStore, 'write'>
  /** The file for records that the database will never accept; null where no file is written. */
  readonly refusedFile: string | null
  readonly onError: (error: Error) => void
}

interface Waiter {
  resolve(): void
  reject(error: Error): void
}

/**
 * Takes the records of the journal to the database in the background, in order and in batches, which grow with the load. A batch that fails
 * is tried again until it succeeds. A record that the database would never accept is put into a file of its own, and that is reported.
 */
export class Drain {
  readonly #dependencies: DrainDependencies
  readonly #stop = new AbortController()
  #timer: NodeJS.Timeout | null = null
  #running: Promise<void> | null = null
  #batch: Batch | null = null
  #batchSize = fullBatch
  #waiters: Waiter[] = []
  #readers = new Set<Promise<unknown>>()
  #failure: Error | null = null
  #retryMs = firstRetryMs
  #reportedAt = Number.NEGATIVE_INFINITY

  constructor(dependencies: DrainDependencies) {
    this.#dependencies = dependencies
  }

  /** The batch of which it is unknown whether it is in the database. */
  get underWrite(): readonly WaitingRecord[] {
    return this.#batch?.records ?? []
  }

  /** Begins to drain, soon or, where a batch is full, at once. */
  wake(): void {
    if (this.#running !== null || this.#stop.signal.aborted) return
    if (this.#dependencies.backlog.waiting >= fullBatch) this.#start()
    else this.#timer ??= setTimeout(() => this.#start(), gatherMs)
  }

  /** Lets this read of the database end before another batch is written. */
  holdFor(reading: Promise<unknown>): void {
    this.#readers.add(reading)
    const done = (): void => void this.#readers.delete(reading)
    reading.then(done, done)
  }

  /** Resolves when no record waits. While the database fails it rejects, because the failure may last. */
  emptied(): Promise<void> {
    if (this.#dependencies.backlog.waiting === 0) return Promise.resolve()
    if (this.#failure !== null) return Promise.reject(this.#failure)
    this.#start()
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject })
    })
  }

  /** Tries to drain the rest for up to this time, or until the database fails, which the log tells. Then it ends. */
  async close(limitMs: number): Promise<void> {
    const stop = (): void => this.#stop.abort()
    const ended = this.emptied().then(stop, stop)
    await atMost(
      limitMs,
      ended.then(() => this.#running),
    )
    stop()
    if (this.#timer !== null) clearTimeout(this.#timer)
  }

  #start(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    if (!this.#stop.signal.aborted) this.#running ??= this.#run()
  }

  /** Writes batches until the rest neither fills one nor is waited for. The rest waits for the timer. */
  async #run(): Promise<void> {
    const { backlog } = this.#dependencies
    do {
      try {
        this.#batch = await backlog.next(this.#batchSize)
        // Reads that begin from now on leave the batch out. Those that began before do not know of it, and end first.
        await Promise.allSettled(this.#readers)
        if (this.#batch !== null) await this.#write(this.#batch)
        this.#succeeded()
      } catch (error) {
        await this.#failed(error instanceof Error ? error : new Error(String(error)))
      }
    } while (this.#goesOn())
    // This happens in the same turn as the last look at the backlog: a record that is added after it must start the next run.
    this.#running = null
    if (backlog.waiting > 0) this.wake()
  }

  #goesOn(): boolean {
    const { waiting } = this.#dependencies.backlog
    if (waiting === 0 || this.#stop.signal.aborted) return false
    return this.#failure !== null || this.#waiters.length > 0 || waiting >= this.#batchSize
  }

  async #write(batch: Batch): Promise<void> {
    const { store, backlog } = this.#dependencies
    try {
      await store.write(batch.records.map(({ text }) => text))
    } catch (error) {
      if (!(error instanceof StorageError) || error.transient) throw error
      const [record] = batch.records
      if (record !== undefined && batch.records.length === 1) await this.#setAside(record, error)
      else {
        // One of them is at fault. The batch is halved until it is alone.
        this.#batchSize = Math.ceil(batch.records.length / 2)
        return
      }
    }
    this.#batchSize = Math.min(fullBatch, this.#batchSize * 2)
    // In one step with the count of what waits.
    this.#batch = null
    await backlog.drained(batch)
  }

  #succeeded(): void {
    this.#failure = null
    this.#retryMs = firstRetryMs
    if (this.#dependencies.backlog.waiting === 0) for (const { resolve } of this.#waiters.splice(0)) resolve()
  }

  /** Keeps a record that the database will never accept. */
  async #setAside({ id, account, cost, text }: WaitingRecord, error: StorageError): Promise<void> {
    const { refusedFile, onError } = this.#dependencies
    if (refusedFile !== null) await appendFile(refusedFile, `${text}\n`, { mode: 0o600 })
    const fate = refusedFile === null ? 'is lost' : `was put into ${refusedFile}`
    const name = `Generation ${id} (account ${account}, ${cost} nano-USD)`
    onError(
      new StorageError(`The database refuses ${name}, which ${fate}: ${error.message}.`, {
        transient: false,
        cause: error,
      }),
    )
  }

  async #failed(error: Error): Promise<void> {
    this.#failure = error
    for (const { reject } of this.#waiters.splice(0)) reject(error)
    // The database was closed while a batch was on its way. Its records stay in the journal.
    if (this.#stop.signal.aborted) return
    if (performance.now() - this.#reportedAt >= reportEveryMs) {
      this.#reportedAt = performance.now()
      const waiting = `${this.#dependencies.backlog.waiting} records wait in the journal and are tried again.`
      this.#dependencies.onError(
        new StorageError(`The database takes no writes: ${error.message}. ${waiting}`, { transient: true }),
      )
    }
    await sleep(this.#retryMs, this.#stop.signal)
    this.#retryMs = Math.min(lastRetryMs, this.#retryMs * 2)
  }
}
