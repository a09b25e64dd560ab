import { pipeline, Readable, type Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw, createZstdDecompress } from 'node:zlib'
import type { ByteSource } from './read-body.ts'

/** The error for a body that cannot be unpacked, or unpacks to more than the limit. The message continues “The provider sent …”. */
export class BadEncoding extends Error {
  override readonly name = 'BadEncoding'
}

/** The first bytes of a gzip and of a Zstandard body; no text begins with them. */
const gzipByte = 0x1f
const zstdByte = 0x28
const mostLayers = 2

/**
 * Returns the transforms that unpack a body, the outermost layer first. Upstreams compress without being asked or without the header, and
 * proxies unpack and leave the header. So the first bytes decide for the formats that have a signature.
 * @param first The first bytes of the body; null for a body that may begin with anything, such as audio, so that only the header counts.
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

/**
 * Returns the transform that unpacks one layer; none where its bytes are not packed.
 * @param first The first bytes of the body; null where they are not known.
 */
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

/** Tells whether a body has the header of zlib. Some servers send raw deflate under the same name. Source: RFC 9110 §8.4.1.2 */
const isZlib = ([first = 0, second = 0]: Buffer): boolean =>
  (first & 0x0f) === 8 && (second === 0 || ((first << 8) | second) % 31 === 0)

/** The bytes of a body, unpacked as they are asked for, up to a limit: few packed bytes may unpack to any number. */
export class DecompressedBody implements ByteSource {
  readonly #unpacked: Readable
  readonly #chunks: AsyncIterator<Buffer>
  readonly #failure: () => Error | null
  readonly #maxBytes: number
  #bytes = 0

  /** @param failure Returns the error that broke the response; null where there is none. */
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
