import type { DocumentFailure, DocumentLimits } from '../canonical/documents.ts'
import { failure } from './document-error.ts'
import { DocumentProcess } from './document-process.ts'
import type { DocumentJob, DocumentOutcome } from './job.ts'

export interface DocumentQueueOptions {
  /** The memory that the process may take, which is about 100 MB before its first document. */
  readonly maxMemoryMb: number
  /** How many documents may wait for the one that is read. */
  readonly maxWaiting: number
  /** How long the process stays after its last document. */
  readonly idleMs: number
}

interface QueuedJob {
  readonly job: DocumentJob
  readonly settle: (outcome: DocumentOutcome) => void
}

/** Reads one document after the other in a process, which is started at the first and ended when it was idle for a while. */
export class DocumentQueue {
  readonly #options: DocumentQueueOptions
  readonly #waiting = new Set<QueuedJob>()
  #running: QueuedJob | null = null
  #process: DocumentProcess | null = null
  #idle: NodeJS.Timeout | undefined
  #isClosed = false
  /** Processes that were told to end and have not yet. */
  readonly #ending = new Set<Promise<void>>()

  constructor(options: DocumentQueueOptions) {
    this.#options = options
  }

  /** Resolves with the outcome of a job, after the time limit at the latest. */
  add(job: DocumentJob, { timeoutMs, signal }: DocumentLimits): Promise<DocumentOutcome> {
    if (this.#isClosed) return Promise.resolve(stopping)
    if (signal.aborted) return Promise.resolve(aborted)
    if (this.#waiting.size >= this.#options.maxWaiting) return Promise.resolve(busy)
    return new Promise((resolve) => {
      const timer = setTimeout(
        () => this.#giveUp(queued, queued === this.#running ? timedOut(timeoutMs) : busy),
        timeoutMs,
      )
      const abort = (): void => this.#giveUp(queued, aborted)
      signal.addEventListener('abort', abort)
      const queued: QueuedJob = {
        job,
        settle(outcome) {
          clearTimeout(timer)
          signal.removeEventListener('abort', abort)
          resolve(outcome)
        },
      }
      this.#waiting.add(queued)
      this.#next()
    })
  }

  /** Ends what runs and waits, and the process. */
  async close(): Promise<void> {
    this.#isClosed = true
    for (const queued of [...this.#waiting, ...(this.#running === null ? [] : [this.#running])])
      this.#giveUp(queued, stopping)
    this.#endProcess()
    await Promise.all(this.#ending)
  }

  #next(): void {
    clearTimeout(this.#idle)
    if (this.#running !== null) return
    const [queued] = this.#waiting
    if (queued === undefined) {
      this.#idle = setTimeout(() => this.#endProcess(), this.#options.idleMs).unref()
      return
    }
    this.#waiting.delete(queued)
    void this.#run(queued)
  }

  async #run(queued: QueuedJob): Promise<void> {
    this.#running = queued
    const reader = (this.#process ??= new DocumentProcess(this.#options.maxMemoryMb))
    const outcome = await reader.run(queued.job)
    // The job was ended before: its promise is settled already.
    if (this.#running !== queued) return
    if (reader.hasEnded) this.#endProcess()
    this.#running = null
    queued.settle(outcome)
    this.#next()
  }

  /** A job that runs can be stopped only with its process. */
  #giveUp(queued: QueuedJob, outcome: DocumentFailure): void {
    this.#waiting.delete(queued)
    queued.settle(outcome)
    if (this.#running !== queued) return
    this.#running = null
    this.#endProcess()
    this.#next()
  }

  #endProcess(): void {
    clearTimeout(this.#idle)
    if (this.#process === null) return
    const ending = this.#process.terminate().finally(() => this.#ending.delete(ending))
    this.#ending.add(ending)
    this.#process = null
  }
}

const stopping = failure('closed', 'The gateway is stopping.')
const aborted = failure('aborted', 'The request was given up before the document was read.')
const busy = failure('busy', 'Too many documents wait to be read. Try again later.')
const timedOut = (timeoutMs: number): DocumentFailure =>
  failure('timed-out', `Reading the document took longer than ${timeoutMs / 1000} seconds.`)
