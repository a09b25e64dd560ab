import { crc32 } from 'node:zlib'
import type { Frame } from '../protocols/protocol.ts'
import { GrowingBuffer } from '../util/growing-buffer.ts'
import { FrameTooLarge } from './sse-reader.ts'

/** The size of the prelude: total length, length of the headers, checksum of both; four bytes each, big-endian. */
const preludeBytes = 12
const checksumBytes = 4

/** The error for bytes that are not a frame, or end inside one: the beginning of the next frame cannot be found. */
export class BrokenFrame extends Error {
  override readonly name = 'BrokenFrame'

  constructor(what: string) {
    super(`an event ${what}`)
  }
}

/**
 * Splits the bytes of an AWS event stream (`application/vnd.amazon.eventstream`) into frames, however the bytes are split. Both
 * checksums of each frame are verified. Only the headers that name the event are used; the frame of an exception has the type of the
 * exception in `event`. Source: https://docs.aws.amazon.com/AmazonS3/latest/API/RESTSelectObjectAppendix.html
 */
export class AwsEventStreamReader {
  readonly #maxFrameBytes: number
  /** The part of the current frame that has arrived. */
  readonly #held = new GrowingBuffer()
  /** The bytes that the next step needs: a prelude, then the whole frame whose length the prelude gives. */
  #neededBytes = preludeBytes

  constructor(options: { readonly maxFrameBytes: number }) {
    this.#maxFrameBytes = options.maxFrameBytes
  }

  /**
   * Returns the frames that this chunk completes.
   * @throws FrameTooLarge as soon as a prelude gives such a length, BrokenFrame.
   */
  push(chunk: Buffer): readonly Frame[] {
    const frames: Frame[] = []
    let start = 0
    while (start < chunk.length) {
      const end = Math.min(start + this.#neededBytes - this.#held.length, chunk.length)
      if (!this.#held.append(chunk, this.#maxFrameBytes, start, end)) throw new FrameTooLarge(this.#maxFrameBytes)
      start = end
      if (this.#held.length < this.#neededBytes) break
      if (this.#neededBytes === preludeBytes) this.#neededBytes = this.#announcedBytes()
      else frames.push(this.#takeFrame())
    }
    return frames
  }

  /**
   * Ends the body. Returns no frames, since a frame is complete with its last byte.
   * @throws BrokenFrame when the body ended inside a frame.
   */
  end(): readonly Frame[] {
    if (this.#held.length > 0) throw new BrokenFrame('that broke off')
    return []
  }

  #announcedBytes(): number {
    const prelude = this.#held.bytes
    if (crc32(prelude.subarray(0, 8)) !== prelude.readUInt32BE(8)) {
      throw new BrokenFrame('whose length has a wrong checksum')
    }
    const total = prelude.readUInt32BE(0)
    if (total > this.#maxFrameBytes) throw new FrameTooLarge(this.#maxFrameBytes)
    if (prelude.readUInt32BE(4) > total - preludeBytes - checksumBytes) {
      throw new BrokenFrame('that is shorter than its headers')
    }
    return total
  }

  #takeFrame(): Frame {
    const frame = this.#held.bytes
    const payloadEnd = frame.length - checksumBytes
    if (crc32(frame.subarray(0, payloadEnd)) !== frame.readUInt32BE(payloadEnd)) {
      throw new BrokenFrame('with a wrong checksum')
    }
    const payloadStart = preludeBytes + frame.readUInt32BE(4)
    const headers = readHeaders(frame.subarray(preludeBytes, payloadStart))
    const payload = frame.toString('utf8', payloadStart, payloadEnd)
    this.#held.clear()
    this.#neededBytes = preludeBytes
    return toFrame(headers, payload)
  }
}

/** Makes a frame of a message. An `error` has no payload: its headers hold what an `exception` has in its JSON. */
function toFrame(headers: ReadonlyMap<string, string>, payload: string): Frame {
  switch (headers.get(':message-type')) {
    case 'event':
      return { type: 'data', event: headers.get(':event-type') ?? null, data: payload }
    case 'exception':
      return { type: 'data', event: headers.get(':exception-type') ?? null, data: payload }
    case 'error': {
      const message = headers.get(':error-message') ?? ''
      return { type: 'data', event: headers.get(':error-code') ?? null, data: JSON.stringify({ message }) }
    }
    default:
      throw new BrokenFrame('of no known type')
  }
}

const stringType = 7
/**
 * The bytes of a value by its type: booleans, integers, bytes, text, timestamp, UUID. For bytes and text it is the size of the length
 * field.
 */
const valueBytes: readonly number[] = [0, 0, 1, 2, 4, 8, 2, 2, 8, 16]

/** Reads the headers whose values are text. */
function readHeaders(bytes: Buffer): ReadonlyMap<string, string> {
  const headers = new Map<string, string>()
  let at = 0
  while (at < bytes.length) {
    const typeAt = at + 1 + bytes.readUInt8(at)
    const type = bytes[typeAt] ?? -1
    const fixed = valueBytes[type]
    if (fixed === undefined || typeAt + 1 + fixed > bytes.length) throw new BrokenFrame('with a broken header')
    const isSized = type === 6 || type === stringType
    const start = typeAt + 1 + (isSized ? 2 : 0)
    const end = isSized ? start + bytes.readUInt16BE(typeAt + 1) : start + fixed
    if (end > bytes.length) throw new BrokenFrame('with a broken header')
    if (type === stringType) headers.set(bytes.toString('utf8', at + 1, typeAt), bytes.toString('utf8', start, end))
    at = end
  }
  return headers
}
