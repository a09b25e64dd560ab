import { existsSync } from 'node:fs'
import type { GenerationRecord } from '../../canonical/generation-record.ts'
import { fromRecordText, toRecordText } from '../../canonical/record-text.ts'
import type {
  GenerationFilter,
  GenerationPage,
  GenerationPosition,
  GenerationStore,
} from '../../storage/stores/generation-store.ts'
import type { Spending } from '../../storage/stores/lease-store.ts'
import type { UsageStore } from '../../storage/stores/usage-store.ts'
import { atMost } from '../../util/at-most.ts'
import { type Left, readLeft } from './adopt.ts'
import { Backlog } from './backlog.ts'
import { Drain } from './drain.ts'
import { emptiedSoon } from './emptied-soon.ts'
import { GroupWriter } from './group-writer.ts'
import {
  adoptFolders,
  explainFolder,
  type JournalFolder,
  type LockFile,
  makeFolder,
  refusedFile,
  whileLocked,
} from './journal-folder.ts'
import { noSegments, OwnSegments, type Segments } from './own-segments.ts'
import { describe, type Segment, type WaitingRecord } from './segment.ts'
import type { Durability } from './write-bytes.ts'

/** How long the start waits for the records of ended processes to be written to the database. After that time, they are written in the background. */
const replayLimitMs = 1_000
const closeLimitMs = 2_000
const watchMs = 1_000

export interface JournalDependencies {
  /** The folder that the journals of all processes share; null where nothing is kept, since the database is in memory. */
  readonly folder: string | null
  readonly durability: Durability
  readonly lockFile: LockFile
  readonly store: Pick<GenerationStore, 'write' | 'find' | 'page'>
  readonly usage: Pick<UsageStore, 'spent' | 'spentByAccount' | 'byokSpent' | 'byokSpentByAccount'>
  /** Called for failures that pass, and for records that are lost. */
  readonly onError: (error: Error) => void
}

/**
 * The journal of the ledger: what was settled and is not in the database yet. A record is in a file before its reply ends, so that it
 * survives the process, and is taken to the database in the background (docs/ledger.md).
 */
export class Journal {
  readonly #dependencies: JournalDependencies
  readonly #backlog: Backlog
  readonly #drain: Drain
  readonly #writer: GroupWriter
  /** The file with the first line of each generation that is underway. */
  readonly #underway = new Map<string, Segment>()
  #own: JournalFolder | null = null
  #segments: Segments
  /** The file to which the newest group was written. */
  #written: Segment
  #watch: NodeJS.Timeout | null = null
  #isLooking = false
  #others = 0
  #closing: Promise<void> | null = null

  private constructor(dependencies: JournalDependencies, backlog: Backlog) {
    const { store, folder, onError } = dependencies
    this.#dependencies = dependencies
    this.#backlog = backlog
    this.#drain = new Drain({ backlog, store, refusedFile: folder === null ? null : refusedFile(folder), onError })
    this.#writer = new GroupWriter({
      append: (bytes) => this.#append(bytes),
      written: (records, underway) => this.#add(records, underway),
      onError: (error) => onError(new Error('The journal cannot be written. Requests are refused.', { cause: error })),
    })
    this.#segments = noSegments()
    if (folder === null) backlog.addSegment(this.#segments.current)
    this.#written = this.#segments.current
  }

  /**
   * Opens the journal of this process, and takes over what processes that ended have left in theirs. Rejects where the folder cannot be
   * written.
   */
  static async open(dependencies: JournalDependencies): Promise<Journal> {
    const { folder, lockFile, onError } = dependencies
    const backlog = new Backlog((path, count) => onError(lost(path, count)))
    const journal = new Journal(dependencies, backlog)
    if (folder === null) return journal
    await whileLocked(folder, lockFile, () => journal.#adopt(folder)).catch((error: unknown) => {
      throw explainFolder(folder, error)
    })
    journal.#watch = setInterval(() => void journal.#lookForFiles(folder), watchMs).unref()
    await atMost(
      replayLimitMs,
      journal.emptied().catch(() => {}),
    )
    return journal
  }

  /** Whether no request should begin, because the disk takes no records. */
  get isFull(): boolean {
    return this.#segments.isFull || this.#writer.isFailing
  }

  /** The number of other processes that had a journal in the same folder when this one was opened, and ran. */
  get others(): number {
    return this.#others
  }

  /** The number of records that are not in the database yet. */
  get waiting(): number {
    return this.#backlog.waiting
  }

  /**
   * Writes the record of a generation that ended. Resolves once it is in the file. Rejects with a GatewayError where the disk takes no
   * writes for five seconds.
   */
  settled(record: GenerationRecord): Promise<void> {
    const text = toRecordText(record)
    return this.#settle(describe(record, text))
  }

  /** Writes what a generation that has not ended was billed so far. `record` makes the record that it would get if it ended now. */
  underway(id: string, record: () => GenerationRecord): void {
    this.#writer.underway(id, () => toRecordText(record()))
  }

  /** Finds a generation of an account, in the database or not; those of other accounts are not found. */
  async find(id: string, account: string): Promise<GenerationRecord | null> {
    const waiting = this.#backlog.find(id)
    if (waiting !== null) return waiting.account === account ? fromRecordText(waiting.text) : null
    return this.#dependencies.store.find(id, account)
  }

  /** Lists generations, newest first, as the store does. It waits a short time for those that ended a moment ago. */
  async page(filter: GenerationFilter, limit: number, after?: GenerationPosition): Promise<GenerationPage> {
    await emptiedSoon(this)
    return this.#dependencies.store.page(filter, limit, after)
  }

  /**
   * Adds up what a key has spent, in nano-USD, in the database or not.
   * @param since The beginning of a UTC day, in Unix milliseconds.
   */
  spent(keyHash: string, since: number): Promise<number> {
    const waiting = this.#backlog.spending.byKey.of(keyHash, since)
    return this.#withWaiting(waiting, (uncertain) => this.#dependencies.usage.spent(keyHash, since, uncertain))
  }

  /** Adds up the same for all keys of an account. */
  spentByAccount(account: string, since: number): Promise<number> {
    const waiting = this.#backlog.spending.byAccount.of(account, since)
    return this.#withWaiting(waiting, (uncertain) => this.#dependencies.usage.spentByAccount(account, since, uncertain))
  }

  /** Adds up what calls of a key with keys that its account brought for providers cost at the list price, as `spent` does. */
  byokSpent(keyHash: string, since: number): Promise<number> {
    const waiting = this.#backlog.byokSpending.byKey.of(keyHash, since)
    return this.#withWaiting(waiting, (uncertain) => this.#dependencies.usage.byokSpent(keyHash, since, uncertain))
  }

  /** Adds up the same for all keys of an account. */
  byokSpentByAccount(account: string, since: number): Promise<number> {
    const { usage } = this.#dependencies
    const waiting = this.#backlog.byokSpending.byAccount.of(account, since)
    return this.#withWaiting(waiting, (uncertain) => usage.byokSpentByAccount(account, since, uncertain))
  }

  /** Adds up what was spent in the records that are not in the database, or of which that is unknown, in nano-USD. */
  undrained({ payer: { column, value }, period, includesByok }: Spending): number {
    const of = ({ byKey, byAccount }: Backlog['spending']) =>
      (column === 'keyHash' ? byKey : byAccount).of(value, period.start, period.end)
    const cost = of(this.#backlog.spending)
    return includesByok ? cost + of(this.#backlog.byokSpending) : cost
  }

  /** Adds up what was spent, in the database or not. */
  spentIn(spending: Spending): Promise<number> {
    const {
      payer: { column, value },
      period: { start, end },
      includesByok,
    } = spending
    const { usage } = this.#dependencies
    return this.#withWaiting(this.undrained(spending), async (uncertain) => {
      const [spent, byokSpent] =
        column === 'keyHash' ? [usage.spent, usage.byokSpent] : [usage.spentByAccount, usage.byokSpentByAccount]
      const cost = await spent(value, start, uncertain, end)
      return includesByok ? cost + (await byokSpent(value, start, uncertain, end)) : cost
    })
  }

  /**
   * Runs a use of the database for which it must be known what is in it. `uncertain` are the ids of the batch that is being written; no other
   * one is written meanwhile.
   */
  async exactly<Result>(use: (uncertain: readonly string[]) => Promise<Result>): Promise<Result> {
    const using = use(this.#drain.underWrite.map(({ id }) => id))
    this.#drain.holdFor(using)
    return using
  }

  /** Resolves when everything is in the database. While the database fails it rejects, because the failure may last. */
  async emptied(): Promise<void> {
    await this.#writer.flushed()
    await this.#drain.emptied()
  }

  /** Takes what it can to the database, for up to two seconds. The rest stays in the files. A second call returns the same promise. */
  close(): Promise<void> {
    return (this.#closing ??= this.#close())
  }

  async #close(): Promise<void> {
    if (this.#watch !== null) clearInterval(this.#watch)
    await this.#writer.close()
    await this.#drain.close(closeLimitMs)
    await this.#segments.close()
    if (this.#backlog.waiting === 0 && this.#underway.size === 0) await this.#own?.remove()
    else this.#own?.unlock()
  }

  /** Adds what the database has to what waits. Of the batch that is being written it is unknown where it counts, so it counts here. */
  async #withWaiting(waiting: number, read: (uncertain: readonly string[]) => Promise<number>): Promise<number> {
    return waiting + (await this.exactly(read))
  }

  #settle(record: WaitingRecord): Promise<void> {
    this.#backlog.bill(record)
    return this.#writer.settled(record)
  }

  async #adopt(folder: string): Promise<void> {
    const { lockFile } = this.#dependencies
    const left: Left[] = []
    const { adopted, others } = await adoptFolders(folder, lockFile)
    this.#others = others
    for (const one of adopted) left.push(await this.#readLeft(one))
    await this.#openOwn(folder)
    for (const { underway } of left) for (const record of underway) await this.#settle(record)
    await this.#backlog.removeDone()
    this.#drain.wake()
  }

  async #readLeft(folder: JournalFolder): Promise<Left> {
    const { onError } = this.#dependencies
    const onDamage = (path: string, pieces: number): void => onError(damaged(path, pieces))
    const left = await readLeft(folder, (record) => this.#backlog.bill(record), onDamage)
    for (const segment of left.segments) this.#backlog.addSegment(segment)
    return left
  }

  async #openOwn(folder: string): Promise<void> {
    const { lockFile, durability, onError } = this.#dependencies
    this.#own = await makeFolder(folder, lockFile)
    const onSegment = (segment: Segment): void => this.#backlog.addSegment(segment)
    this.#segments = await OwnSegments.create({ folder: this.#own.path, durability, onSegment, onError })
  }

  #append(bytes: Buffer): Promise<void> | void {
    const writing = this.#segments.append(bytes)
    this.#written = this.#segments.current
    return writing
  }

  #add(records: readonly WaitingRecord[], underway: readonly string[]): void {
    for (const record of records) {
      this.#backlog.add(this.#written, record)
      this.#ended(record.id)
    }
    for (const id of underway) {
      if (this.#underway.has(id)) continue
      this.#underway.set(id, this.#written)
      this.#written.underway.add(id)
    }
    if (records.length > 0) this.#drain.wake()
  }

  #ended(id: string): void {
    this.#underway.get(id)?.underway.delete(id)
    this.#underway.delete(id)
  }

  /** Makes the files again where somebody deleted them: what is written to a deleted file ends with the process. */
  async #lookForFiles(folder: string): Promise<void> {
    const { path } = this.#segments.current
    if (this.#isLooking || path === null || existsSync(path)) return
    this.#isLooking = true
    const { onError } = this.#dependencies
    onError(new Error(`The journal ${path} was deleted while it was in use. It is made again.`))
    try {
      const deleted = this.#segments
      const { lockFile } = this.#dependencies
      this.#own?.unlock()
      await whileLocked(folder, lockFile, () => this.#openOwn(folder))
      await this.#writer.flushed()
      deleted.current.isFull = true
      await this.#backlog.removeDone()
      await deleted.close()
    } catch (error) {
      onError(error instanceof Error ? error : new Error(String(error)))
    } finally {
      this.#isLooking = false
    }
  }
}

const damaged = (path: string, pieces: number): Error =>
  new Error(`${path} holds ${pieces} pieces that are no whole records. The records around them are used.`)

const lost = (path: string, count: number): Error =>
  new Error(`${count} records are lost: they were only in ${path}, which was changed or deleted while it was in use.`)
