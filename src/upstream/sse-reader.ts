import type { Frame } from '../protocols/protocol.ts'
import { GrowingBuffer } from '../util/growing-buffer.ts'

const lineFeed = 10
const carriageReturn = 13
const space = 32
const colon = 58
const comment: Frame = { type: 'comment' }
const newLine = Buffer.from('\n')

/** The error for one frame, or one line, that is longer than the limit. */
export class FrameTooLarge extends Error {
  override readonly name = 'FrameTooLarge'

  constructor(maxFrameBytes: number) {
    super(`an event of more than ${maxFrameBytes} bytes`)
  }
}

/**
 * Splits the bytes of an event stream into frames, by the WHATWG's rules, however the bytes are split. It works on bytes and
 * decodes only the values that it hands out, so that a character which is split between chunks needs no special case and costs nothing. The
 * fields `id` and `retry` are for reconnecting browsers and are ignored.
 */
export class SseReader {
  readonly #maxFrameBytes: number
  /** The beginning of a line whose end has not arrived. */
  readonly #partial = new GrowingBuffer()
  #data: string | null = null
  /** The frame's data after its first line, with the line feeds before it. As strings, empty lines would cost 32 bytes each. */
  readonly #moreData = new GrowingBuffer()
  #event: string | null = null
  /** The bytes of this frame's complete lines. */
  #frameBytes = 0
  #atStart = true
  /** Whether the last chunk ended in CR, so that an LF at the beginning of the next one belongs to it. */
  #skipLineFeed = false

  constructor(options: { readonly maxFrameBytes: number }) {
    this.#maxFrameBytes = options.maxFrameBytes
  }

  /**
   * Returns the frames that this chunk completes.
   * @throws FrameTooLarge. No more than the limit is buffered until then.
   */
  push(chunk: Buffer): readonly Frame[] {
    const frames: Frame[] = []
    let start = this.#skipLineFeed && chunk[0] === lineFeed ? 1 : 0
    if (chunk.length > 0) this.#skipLineFeed = false
    let lf = chunk.indexOf(lineFeed, start)
    let cr = chunk.indexOf(carriageReturn, start)
    while (lf !== -1 || cr !== -1) {
      const end = cr === -1 || (lf !== -1 && lf < cr) ? lf : cr
      this.#endLine(chunk, start, end, frames)
      start = end + 1
      if (end === cr) {
        if (start === chunk.length) this.#skipLineFeed = true
        else if (chunk[start] === lineFeed) start++
        cr = chunk.indexOf(carriageReturn, start)
      }
      // Most lines are followed by an empty one: this check saves one native call per frame.
      if (lf !== -1 && lf < start) lf = chunk[start] === lineFeed ? start : chunk.indexOf(lineFeed, start)
    }
    if (start < chunk.length) this.#hold(chunk, start, chunk.length)
    return frames
  }

  /**
   * Returns the frame that the end of the body completes, if any. The standard drops an event without its empty line; but upstreams that
   * end right after the line `data: [DONE]` are common, so an event whose lines are all complete is handed out. After an unfinished line it
   * is dropped.
   */
  end(): readonly Frame[] {
    const frames: Frame[] = []
    if (this.#partial.length === 0) this.#endFrame(frames)
    return frames
  }

  #endLine(chunk: Buffer, start: number, end: number, frames: Frame[]): void {
    if (this.#partial.length === 0) return this.#readLine(chunk, start, end, frames)
    this.#hold(chunk, start, end)
    const line = this.#partial.bytes
    this.#partial.clear()
    this.#readLine(line, 0, line.length, frames)
  }

  #hold(chunk: Buffer, start: number, end: number): void {
    const fits = this.#partial.append(chunk, this.#maxFrameBytes - this.#frameBytes, start, end)
    if (!fits) throw new FrameTooLarge(this.#maxFrameBytes)
  }

  #readLine(bytes: Buffer, lineStart: number, end: number, frames: Frame[]): void {
    const start = this.#atStart && startsWithMark(bytes, lineStart, end) ? lineStart + 3 : lineStart
    this.#atStart = false
    if (start === end) return this.#endFrame(frames)
    if (bytes[start] === colon) {
      frames.push(comment)
    } else if (isField('data', bytes, start, end)) {
      const valueStart = this.#valueStart(bytes, start, start + 4, end)
      if (this.#data === null) this.#data = bytes.toString('utf8', valueStart, end)
      else this.#addData(bytes, valueStart, end)
    } else if (isField('event', bytes, start, end)) {
      this.#event = bytes.toString('utf8', this.#valueStart(bytes, start, start + 5, end), end) || null
    }
  }

  #valueStart(bytes: Buffer, start: number, fieldEnd: number, end: number): number {
    this.#frameBytes += end - start
    if (this.#frameBytes > this.#maxFrameBytes) throw new FrameTooLarge(this.#maxFrameBytes)
    return Math.min(bytes[fieldEnd + 1] === space ? fieldEnd + 2 : fieldEnd + 1, end)
  }

  /** Adds a line to the frame's data. It always fits: the line has been counted, with more than its line feed. */
  #addData(bytes: Buffer, start: number, end: number): void {
    this.#moreData.append(newLine, this.#maxFrameBytes)
    this.#moreData.append(bytes, this.#maxFrameBytes, start, end)
  }

  #endFrame(frames: Frame[]): void {
    if (this.#data !== null) {
      const data = this.#data + this.#takeMore()
      // By the standard an event without data is no event: proxies send them to keep the connection open. White space counts as no data.
      const saysSomething = data.charCodeAt(0) > 32 || data.trim() !== ''
      frames.push(saysSomething ? { type: 'data', event: this.#event, data } : comment)
    }
    this.#data = null
    this.#event = null
    this.#frameBytes = 0
  }

  #takeMore(): string {
    if (this.#moreData.length === 0) return ''
    const more = this.#moreData.bytes.toString()
    this.#moreData.clear()
    return more
  }
}

/** Tells whether the line is this field: its name alone, or followed by a colon. */
function isField(name: string, bytes: Buffer, start: number, end: number): boolean {
  const nameEnd = start + name.length
  if (nameEnd > end || (nameEnd < end && bytes[nameEnd] !== colon)) return false
  for (let i = 0; i < name.length; i++) if (bytes[start + i] !== name.charCodeAt(i)) return false
  return true
}

/** Tells whether a line begins with the byte order mark, which may stand at the very beginning of a stream. */
function startsWithMark(bytes: Buffer, start: number, end: number): boolean {
  return end - start >= 3 && bytes[start] === 0xef && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf
}
