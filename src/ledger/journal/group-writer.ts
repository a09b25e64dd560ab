import { GatewayError } from '../../canonical/errors.ts'
import type { RecordText } from '../../canonical/record-text.ts'
import { encodeLine } from './line.ts'
import type { WaitingRecord } from './segment.ts'

const retryMs = 250
/** How long a reply waits for a disk that takes no writes. */
const patienceMs = 5_000

/** What a group writer is given. */
interface GroupWriterDependencies {
  /** Writes the bytes of a group. Returns nothing where that is done. */
  append(bytes: Buffer): Promise<void> | void
  /** Called once a group is written, with its records, and with the ids of the generations of which it holds what is underway. */
  written(records: readonly WaitingRecord[], underway: readonly string[]): void
  onError(error: Error): void
}

/** The lines that are written together. */
interface Group {
  readonly lines: string[]
  readonly records: WaitingRecord[]
  readonly underway: string[]
  readonly done: PromiseWithResolvers<void>
  readonly since: number
}

/**
 * Writes lines in groups: everything that is added in one turn of the event loop, or while the group before is being written, goes out in
 * one write. A group that fails is tried again until it succeeds.
 */
export class GroupWriter {
  readonly #dependencies: GroupWriterDependencies
  #group: Group | null = null
  /** Groups that could not be written, oldest first. */
  #failed: Group[] = []
  readonly #underway = new Map<string, () => RecordText>()
  #isStarting = false
  #retry: NodeJS.Timeout | null = null
  /** Groups that are being written. */
  #writing: readonly Group[] = []
  #closed = false

  constructor(dependencies: GroupWriterDependencies) {
    this.#dependencies = dependencies
  }

  /** Whether the last write failed. */
  get isFailing(): boolean {
    return this.#failed.length > 0
  }

  /**
   * Adds the record of a generation that ended. Resolves once it is written. Rejects with a GatewayError where that takes too long; the
   * record is kept all the same, and written when the disk takes it.
   */
  settled(record: WaitingRecord): Promise<void> {
    const { id, text } = record
    if (this.#closed) {
      this.#dependencies.onError(new Error(`Generation ${id} ended after its journal was closed, and is not recorded.`))
      return Promise.resolve()
    }
    this.#underway.delete(id)
    const group = this.#gathering()
    group.lines.push(encodeLine({ kind: 'settled', text }))
    group.records.push(record)
    return group.done.promise
  }

  /** Adds what a generation has been billed so far. The text is made when the group is written, and not at all if it has ended by then. */
  underway(id: string, makeText: () => RecordText): void {
    if (this.#closed) return
    this.#underway.set(id, makeText)
    this.#gathering()
  }

  /** Resolves when everything that was added is written. */
  async flushed(): Promise<void> {
    const groups = [...this.#failed, ...this.#writing, ...(this.#group === null ? [] : [this.#group])]
    await Promise.allSettled(groups.map(({ done }) => done.promise))
  }

  /** Writes what is left. It gives up when the disk takes no writes for five seconds. */
  async close(): Promise<void> {
    this.#closed = true
    await this.flushed()
    if (this.#retry !== null) clearTimeout(this.#retry)
    const lost = this.#failed.reduce((sum, { records }) => sum + records.length, 0)
    if (lost > 0) this.#dependencies.onError(new Error(`${lost} records are lost: the disk took no writes.`))
  }

  #gathering(): Group {
    if (this.#group === null) {
      const done = Promise.withResolvers<void>()
      // Nobody may be waiting: the reader of a reply may have left.
      done.promise.catch(() => {})
      this.#group = { lines: [], records: [], underway: [], done, since: performance.now() }
    }
    this.#wake()
    return this.#group
  }

  #wake(): void {
    if (this.#isStarting || this.#writing.length > 0 || this.#retry !== null) return
    this.#isStarting = true
    setImmediate(() => this.#start())
  }

  #start(): void {
    this.#isStarting = false
    const group = this.#group
    this.#group = null
    for (const [id, makeText] of this.#underway) {
      group?.lines.push(encodeLine({ kind: 'underway', text: makeText() }))
      group?.underway.push(id)
    }
    this.#underway.clear()
    const groups = [...this.#failed, ...(group === null ? [] : [group])]
    try {
      const writing = this.#dependencies.append(Buffer.from(groups.flatMap(({ lines }) => lines).join('')))
      if (writing === undefined) return this.#succeeded(groups)
      this.#writing = groups
      writing.then(
        () => this.#succeeded(groups),
        (error: unknown) => this.#fail(groups, error),
      )
    } catch (error) {
      this.#fail(groups, error)
    }
    return undefined
  }

  #succeeded(groups: readonly Group[]): void {
    this.#writing = []
    this.#failed = []
    for (const { records, underway, done } of groups) {
      this.#dependencies.written(records, underway)
      done.resolve()
    }
    if (this.#group !== null) this.#wake()
  }

  #fail(groups: Group[], error: unknown): void {
    this.#writing = []
    if (this.#failed.length === 0) this.#dependencies.onError(error instanceof Error ? error : new Error(String(error)))
    this.#failed = groups
    for (const { done, since } of groups) if (performance.now() - since > patienceMs) done.reject(cannotRecord())
    this.#retry = setTimeout(() => {
      this.#retry = null
      this.#start()
    }, retryMs)
  }
}

const cannotRecord = (): GatewayError =>
  new GatewayError(
    'provider_overloaded',
    'This gateway cannot store what this request cost, because its disk takes no writes. Its log says why. Send the request again later.',
    { headers: { 'Retry-After': '10' } },
  )
