import type { Framing, ResponseHeaders } from '../protocols/protocol.ts'
import { search } from '../util/pattern.ts'
import { DecompressedBody, layersOf } from './decompressed-body.ts'
import { byteOrderMark, type ByteSource, readBody } from './read-body.ts'
import type { ResponseStream } from './response-stream.ts'

/** `events`: a stream, also one of bytes. `page`: HTML, as a web server sends it to browsers. */
export type BodyKind = 'json' | 'events' | 'page'

/** The unpacked body of a response. */
export interface ReplyBody extends ByteSource {
  /** Returns its kind, by its first characters, or else by its content type, or by what was requested. */
  kind(framing: Framing, stream: boolean): Promise<BodyKind>
  /** Destroys the transforms that unpack it. */
  close(): void
}

/**
 * Opens the body of a response. A body that is not compressed costs only a check of its first byte.
 * @param maxBytes How many bytes a compressed body may unpack to.
 * @param awaited The expected kind of body.
 * @throws BadEncoding, or the error that broke the response.
 */
export async function openBody(
  response: ResponseStream,
  maxBytes: number,
  awaited: Framing | 'json' = 'json',
): Promise<ReplyBody> {
  const packed = new PeekedSource(response, maxBytes)
  const [first] = (await packed.peek(isEmpty)) ?? []
  const layers =
    first === undefined ? [] : layersOf(response.headers['content-encoding'], awaited === 'bytes' ? null : first)
  const unpacked = layers.length === 0 ? null : new DecompressedBody(packed, layers, maxBytes, () => response.failure)
  const body = unpacked === null ? packed : new PeekedSource(unpacked, maxBytes)
  return {
    next: () => body.next(),
    async kind(framing, stream) {
      if (framing === 'bytes') return kindOfBytes(response.headers)
      const chunks = (await body.peek(isWhiteSpace)) ?? []
      // The first byte decides it for nearly all replies.
      return kindOfByte(chunks[0]?.[0]) ?? kindOf(beginningOf(chunks), response.headers, framing, stream)
    },
    close: () => unpacked?.close(),
  }
}

/**
 * Reads the body of a response as text, unpacked; null where it is longer than so many bytes.
 * @throws BadEncoding, or what broke the response.
 */
export async function readText(response: ResponseStream, most: number): Promise<string | null> {
  const body = await openBody(response, most)
  try {
    return await readBody(body, most)
  } finally {
    body.close()
  }
}

/** Bytes that can be examined before they are read. */
class PeekedSource implements ByteSource {
  readonly #source: ByteSource
  readonly #mostSkipped: number
  /** The chunks that were examined and not read yet; undefined for none. Null for the end. */
  #ahead: readonly Buffer[] | null | undefined

  constructor(source: ByteSource, mostSkipped: number) {
    this.#source = source
    this.#mostSkipped = mostSkipped
  }

  next(): Promise<readonly Buffer[] | null> {
    const ahead = this.#ahead
    if (ahead === undefined) return this.#source.next()
    this.#ahead = undefined
    return Promise.resolve(ahead)
  }

  /**
   * Returns the next chunks without reading them. Chunks before them that have no content are dropped: some servers send blank lines while
   * they work.
   */
  peek(saysNothing: (chunk: Buffer) => boolean): readonly Buffer[] | null | Promise<readonly Buffer[] | null> {
    const first = this.#ahead?.[0]
    return first === undefined || saysNothing(first) ? this.#peek(saysNothing) : (this.#ahead ?? null)
  }

  async #peek(saysNothing: (chunk: Buffer) => boolean): Promise<readonly Buffer[] | null> {
    let chunks = await this.next()
    for (let skipped = 0; chunks?.every(saysNothing) === true && skipped <= this.#mostSkipped;) {
      for (const { length } of chunks) skipped += length
      chunks = await this.#source.next()
    }
    const from = chunks?.findIndex((chunk) => !saysNothing(chunk)) ?? 0
    this.#ahead = from > 0 ? chunks?.slice(from) : chunks
    return this.#ahead ?? null
  }
}

const isEmpty = ({ length }: Buffer): boolean => length === 0
const isSpace = (byte: number | undefined): boolean => byte === 32 || (byte !== undefined && byte >= 9 && byte <= 13)
const isWhiteSpace = (chunk: Buffer): boolean => chunk.every(isSpace)

/** The number of bytes and characters that are enough to recognise a body. */
const beginningBytes = 16

/** Returns the first characters, without a byte order mark and white space. */
function beginningOf(chunks: readonly Buffer[]): string {
  const [first] = chunks
  const bytes = first !== undefined && chunks.length === 1 ? first : Buffer.concat(chunks.slice(0, beginningBytes))
  let from = bytes.subarray(0, 3).equals(byteOrderMark) ? 3 : 0
  while (isSpace(bytes[from])) from += 1
  return bytes.toString('utf8', from, from + beginningBytes)
}

/** The beginnings of the lines of an event stream: its fields, and comments. */
const eventFields = ['data:', 'event:', 'id:', 'retry:', ':']

/**
 * Returns the kind of a body that should be bytes. Bytes may begin with anything, so only the content type shows whether they are as
 * requested.
 */
function kindOfBytes(headers: ResponseHeaders): BodyKind {
  const type = String(headers['content-type'])
  if (search(/^text\/html\b/i, type) !== null) return 'page'
  return search(/^application\/(?:[\w.-]+\+)?json\b/i, type) !== null ? 'json' : 'events'
}

/** Returns the kind of a body that begins with this byte: `{`, `[` or `<`; null for another byte. */
function kindOfByte(first: number | undefined): BodyKind | null {
  if (first === 0x7b || first === 0x5b) return 'json'
  return first === 0x3c ? 'page' : null
}

function kindOf(beginning: string, headers: ResponseHeaders, framing: Framing, stream: boolean): BodyKind {
  const kind = kindOfByte(beginning.codePointAt(0))
  if (kind !== null) return kind
  if (
    framing === 'sse' &&
    beginning !== '' &&
    eventFields.some((field) => beginning.startsWith(field) || field.startsWith(beginning))
  )
    return 'events'
  const type = String(headers['content-type'])
  if (search(/^text\/html\b/i, type) !== null) return 'page'
  if (search(/^application\/json\b/i, type) !== null) return 'json'
  return stream || search(/\b(?:event-stream|eventstream)\b/i, type) !== null ? 'events' : 'json'
}
