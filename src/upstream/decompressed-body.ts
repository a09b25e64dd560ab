import { pipeline, Readable, type Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw, createZstdDecompress } from 'node:zlib'
import type { ByteSource } from './read-body.ts'

/** What cannot be unpacked, or unpacks to more than is taken. The message continues “The provider sent …”. */
export class BadEncoding extends Error {
  override readonly name = 'BadEncoding'
}

/** The bytes with which a gzip and a Zstandard body begin; no text begins so. */
const gzipByte = 0x1f
const zstdByte = 0x28
const mostLayers = 2

/**
 * How a body is to be unpacked, the outermost layer first. Upstreams compress although nobody asked, forget to say so, and proxies unpack
 * and leave the header: of the formats that tell themselves the bytes are believed.
 * @param first What the body begins with; null for one that may begin with anything, such as sound, of which only the header tells.
 * @throws BadEncoding
 */
export function layersOf(contentEncoding: string | string[] | undefined, first: Buffer | null): readonly Transform[] {
  if (contentEncoding === undefined) {
    const byte = first?.[0]
    if (byte === gzipByte) return [createGunzip()]
    return byte === zstdByte ? [createZstdDecompress()] : []
  }
  const names = String(contentEncoding)
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity')
  if (names.length > mostLayers) throw new BadEncoding(`a body that is packed ${names.length} times`)
  return names.toReversed().flatMap((name, layer) => layerOf(name, layer === 0 ? first : null))
}

/** @param first What the body begins with, where that is known. */
function layerOf(name: string, first: Buffer | null): readonly Transform[] {
  switch (name) {
    case 'gzip':
    case 'x-gzip':
      return first === null || first[0] === gzipByte ? [createGunzip()] : []
    case 'zstd':
      return first === null || first[0] === zstdByte ? [createZstdDecompress()] : []
    case 'br':
      return [createBrotliDecompress()]
    case 'deflate':
      return [first === null || isZlib(first) ? createInflate() : createInflateRaw()]
    default:
      throw new BadEncoding(`a body in the encoding ${name.slice(0, 40)}, which nobody asked for`)
  }
}

/** Some send the bare format under the name of the one with a header. Source: RFC 9110 §8.4.1.2 */
const isZlib = ([first = 0, second = 0]: Buffer): boolean =>
  (first & 0x0f) === 8 && (second === 0 || ((first << 8) | second) % 31 === 0)

/** The bytes of a body, unpacked as they are asked for, and no more of them than the cap: few packed bytes may unpack to any number. */
export class DecompressedBody implements ByteSource {
  readonly #unpacked: Readable
  readonly #chunks: AsyncIterator<Buffer>
  readonly #failure: () => Error | null
  readonly #maxBytes: number
  #bytes = 0

  /** @param failure What broke the response, if anything did. */
  constructor(packed: ByteSource, layers: readonly Transform[], maxBytes: number, failure: () => Error | null) {
    const source = Readable.from(chunksOf(packed), { objectMode: true, highWaterMark: 1 })
    const last = layers.at(-1)
    pipeline([source, ...layers], () => {})
    this.#unpacked = last ?? source
    this.#chunks = this.#unpacked[Symbol.asyncIterator]()
    this.#failure = failure
    this.#maxBytes = maxBytes
  }

  async next(): Promise<readonly Buffer[] | null> {
    try {
      const { done, value } = await this.#chunks.next()
      if (done === true) return null
      this.#bytes += value.length
      if (this.#bytes <= this.#maxBytes) return [value]
    } catch (error) {
      throw this.#failure() ?? new BadEncoding('a packed body that cannot be unpacked', { cause: error })
    }
    throw new BadEncoding(`a packed body of more than ${this.#maxBytes} bytes`)
  }

  close(): void {
    this.#unpacked.destroy()
  }
}

async function* chunksOf(source: ByteSource): AsyncGenerator<Buffer> {
  for (let chunks = await source.next(); chunks !== null; chunks = await source.next()) yield* chunks
}
