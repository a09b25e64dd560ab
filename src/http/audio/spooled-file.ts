import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { UploadSpace } from './upload-space.ts'

const pieceBytes = 65_536
/** So many bytes at the beginning are kept: they tell what the file is. */
const beginningBytes = 64

/**
 * A temporary file, outside of the memory. Its name is removed as soon as it is open, so that nothing of it is left on the disk however the
 * process ends. It can be read several times, also at once.
 */
export class SpooledFile {
  readonly #file: FileHandle
  readonly #space: UploadSpace
  #bytes = 0
  #beginning: Buffer = Buffer.of()

  private constructor(file: FileHandle, space: UploadSpace) {
    this.#file = file
    this.#space = space
  }

  static async create(space: UploadSpace): Promise<SpooledFile> {
    const directory = await mkdtemp(join(tmpdir(), 'waygate-'))
    try {
      return new SpooledFile(await open(join(directory, 'upload'), 'wx+', 0o600), space)
    } finally {
      await rm(directory, { recursive: true, force: true })
    }
  }

  get bytes(): number {
    return this.#bytes
  }

  /** The first bytes. */
  get beginning(): Buffer {
    return this.#beginning
  }

  /**
   * Adds bytes at the end.
   * @throws GatewayError 413, 503 where there is no space for them
   */
  async append(bytes: Buffer): Promise<void> {
    this.#space.take(bytes.length, this.#bytes)
    if (this.#beginning.length < beginningBytes) {
      this.#beginning = Buffer.concat([this.#beginning, bytes.subarray(0, beginningBytes)]).subarray(0, beginningBytes)
    }
    const at = this.#bytes
    this.#bytes += bytes.length
    for (let written = 0; written < bytes.length;) {
      written += (await this.#file.write(bytes, written, bytes.length - written, at + written)).bytesWritten
    }
  }

  /** Reads the whole file, a piece at a time. */
  async *read(): AsyncGenerator<Buffer, void, void> {
    for (let at = 0; at < this.#bytes;) {
      const piece = Buffer.allocUnsafeSlow(Math.min(pieceBytes, this.#bytes - at))
      const { bytesRead } = await this.#file.read(piece, 0, piece.length, at)
      if (bytesRead === 0) throw new Error('A temporary file is shorter than what was written to it.')
      at += bytesRead
      yield piece.subarray(0, bytesRead)
    }
  }

  /** Gives the file back to the operating system. */
  async close(): Promise<void> {
    await this.#file.close()
    this.#space.give(this.#bytes)
  }
}
