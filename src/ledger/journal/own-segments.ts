import { Segment } from './segment.ts'
import { segmentPath } from './journal-folder.ts'
import { SegmentFile } from './segment-file.ts'
import { bytesWriter, type Durability, type WriteBytes } from './write-bytes.ts'

const retryMs = 1_000

/** Where the lines of this process are written. */
export interface Segments {
  /** The file that is being written. */
  readonly current: Segment
  /** Whether the disk has no room for the next file, so that no request should begin. */
  readonly isFull: boolean
  /** Writes a group. Returns nothing where that is done. */
  append(bytes: Buffer): Promise<void> | void
  close(): Promise<void>
}

interface OwnSegmentsDependencies {
  readonly folder: string
  readonly durability: Durability
  /** Called with a file before it is written. */
  readonly onSegment: (segment: Segment) => void
  readonly onError: (error: Error) => void
}

/** The files of this process: one that is being written, and the next, which exists already in its full size. */
export class OwnSegments implements Segments {
  readonly #dependencies: OwnSegmentsDependencies
  readonly #write: WriteBytes
  #file: SegmentFile
  #next: SegmentFile | null = null
  #number = 1
  #failed = false
  #preparing: Promise<void> | null = null
  #retry: NodeJS.Timeout | null = null
  #closed = false
  current: Segment

  private constructor(dependencies: OwnSegmentsDependencies, write: WriteBytes, file: SegmentFile) {
    this.#dependencies = dependencies
    this.#write = write
    this.#file = file
    this.current = this.#begin(file)
  }

  /** Creates the first two files. Rejects where the disk has no room for them. */
  static async create(dependencies: OwnSegmentsDependencies): Promise<OwnSegments> {
    const { folder, durability } = dependencies
    const write = bytesWriter(durability)
    const segments = new OwnSegments(
      dependencies,
      write,
      await SegmentFile.create(segmentPath(folder, 1), write, durability),
    )
    segments.#next = await segments.#createNext()
    return segments
  }

  get isFull(): boolean {
    return this.#failed
  }

  append(bytes: Buffer): Promise<void> | void {
    // Where the next file is not there, this one grows beyond its size, if the disk has room.
    if (this.#next !== null && !this.#file.hasRoom(bytes.length)) this.#turnTo(this.#next)
    return this.#file.append(bytes)
  }

  async close(): Promise<void> {
    this.#closed = true
    if (this.#retry !== null) clearTimeout(this.#retry)
    await this.#preparing
    await this.#file.close()
    await this.#next?.close()
  }

  #begin(file: SegmentFile): Segment {
    const segment = new Segment(file.path)
    this.#dependencies.onSegment(segment)
    return segment
  }

  #turnTo(next: SegmentFile): void {
    this.current.isFull = true
    this.#file.close().catch(this.#dependencies.onError)
    this.#file = next
    this.current = this.#begin(next)
    this.#next = null
    this.#preparing = this.#prepare()
  }

  async #prepare(): Promise<void> {
    try {
      this.#next = await this.#createNext()
      this.#failed = false
    } catch (error) {
      if (!this.#failed) this.#dependencies.onError(noRoom(this.#dependencies.folder, error))
      this.#failed = true
      if (this.#closed) return
      this.#retry = setTimeout(() => {
        this.#preparing = this.#prepare()
      }, retryMs)
    }
  }

  async #createNext(): Promise<SegmentFile> {
    const { folder, durability } = this.#dependencies
    const file = await SegmentFile.create(segmentPath(folder, this.#number + 1), this.#write, durability)
    this.#number += 1
    return file
  }
}

const noRoom = (folder: string, error: unknown): Error =>
  new Error(
    `The next file of the journal cannot be made in ${folder}. Requests are refused until it can, because they could not be recorded.`,
    { cause: error },
  )

/** Makes segments without files, for a gateway that stores nothing because its database is in memory too. */
export const noSegments = (): Segments => ({
  current: new Segment(null),
  isFull: false,
  append: () => undefined,
  close: () => Promise.resolve(),
})
