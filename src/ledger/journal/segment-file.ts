import { type FileHandle, open, readFile, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type Line, readLines } from './line.ts'
import type { Durability, WriteBytes } from './write-bytes.ts'

/** The size of a file. While one is being filled, the next one exists already, so that this much can be written even if the disk is full. */
const segmentBytes = 2 * 1024 * 1024
const zeros = Buffer.alloc(segmentBytes)
const title = 'waygate journal 1, drained '
const digits = 10
const headerOf = (drained: number): string => `${title}${String(drained).padStart(digits, '0')}\n`
const headerLength = headerOf(0).length

/** One file of the journal of this process, which is written from its beginning to its end. */
export class SegmentFile {
  readonly path: string
  readonly #handle: FileHandle
  readonly #write: WriteBytes
  #end = headerLength

  private constructor(path: string, handle: FileHandle, write: WriteBytes) {
    this.path = path
    this.#handle = handle
    this.#write = write
  }

  /** Creates the file in its full size. Rejects where the disk has no room for it. */
  static async create(path: string, write: WriteBytes, durability: Durability): Promise<SegmentFile> {
    const handle = await open(path, 'wx', 0o600)
    try {
      await handle.writeFile(zeros)
      await handle.write(headerOf(0), 0)
      if (durability === 'power') {
        await handle.sync()
        await syncFolder(dirname(path))
      }
      return new SegmentFile(path, handle, write)
    } catch (error) {
      await handle.close()
      await rm(path, { force: true })
      throw error
    }
  }

  /** Tells whether this many bytes fit. A group that is larger than a file gets a file of its own, which grows. */
  hasRoom(length: number): boolean {
    return this.#end === headerLength || this.#end + length <= segmentBytes
  }

  /** Adds bytes. After a failure the next call writes over what may have been written. */
  append(bytes: Buffer): Promise<void> | void {
    const writing = this.#write(this.#handle.fd, bytes, this.#end)
    if (writing === undefined) this.#end += bytes.length
    else
      return writing.then(() => {
        this.#end += bytes.length
      })
    return undefined
  }

  close(): Promise<void> {
    return this.#handle.close()
  }
}

/** The content of a file of a journal. */
export interface ReadSegment {
  readonly lines: readonly Line[]
  readonly damaged: number
  /** How many of the settled lines are in the database. */
  readonly drained: number
}

/** Reads a file of a journal whole. */
export async function readSegment(path: string): Promise<ReadSegment> {
  const bytes = await readFile(path)
  // A process that ended while it created the file left it without a header, and without lines.
  if (bytes.length < headerLength || bytes[0] === 0) return { lines: [], damaged: 0, drained: 0 }
  const header = bytes.toString('latin1', 0, headerLength)
  if (!header.startsWith(title))
    throw new Error(
      `${path} was written by another version of Waygate. Start that version once, or move the file away.`,
    )
  return { ...readLines(bytes.subarray(headerLength)), drained: Number(header.slice(title.length)) }
}

/** Notes in the file how many of its settled lines are in the database, so that they are not read again. */
export async function markDrained(path: string, drained: number): Promise<void> {
  const handle = await open(path, 'r+')
  try {
    await handle.write(headerOf(drained), 0)
  } finally {
    await handle.close()
  }
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
