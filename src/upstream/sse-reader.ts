import type { Frame } from '../protocols/protocol.ts'

const lineFeed = 10
const carriageReturn = 13
const space = 32
const colon = 58
const comment: Frame = { type: 'comment' }
const nothing = Buffer.alloc(0)

/** An upstream sent one frame, or one line, beyond the cap. */
export class FrameTooLarge extends Error {
  override readonly name = 'FrameTooLarge'

  constructor(maxFrameBytes: number) {
    super(`an event of more than ${maxFrameBytes} bytes`)
  }
}

/**
 * Splits the bytes of an event stream into frames, by the WHATWG's rules, however the bytes are cut. Works on bytes and decodes
 * only the values it hands out, so that a character split between chunks needs no care and costs nothing. The fields
 * `id` and `retry` are for reconnecting browsers and are ignored.
 */
export class SseReader {
  readonly #maxFrameBytes: number
  /** The beginning of a line whose end has not come, in the first `#partialBytes`: one growing copy, since a list of the chunks
   * would let an upstream that sends single bytes fill the memory with buffer objects. */
  #partial: Buffer = nothing
  #partialBytes = 0
  #data: string | null = null
  #event: string | null = null
  /** Bytes of this frame's finished lines. */
  #frameBytes = 0
  #atStart = true
  /** The last chunk ended in CR: an LF at the beginning of the next one belongs to it. */
  #skipLineFeed = false

  constructor(options: { readonly maxFrameBytes: number }) {
    this.#maxFrameBytes = options.maxFrameBytes
  }

  /**
   * The frames that this chunk completes.
   * @throws FrameTooLarge having buffered no more than the cap.
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
      // Most lines are followed by an empty one: looking first spares a native call a frame.
      if (lf !== -1 && lf < start) lf = chunk[start] === lineFeed ? start : chunk.indexOf(lineFeed, start)
    }
    if (start < chunk.length) this.#hold(chunk, start, chunk.length)
    return frames
  }

  /**
   * The body is over. The standard drops an event without its empty line; but upstreams that end right after the line
   * `data: [DONE]` are common, so an event whose lines are all complete is handed out. After an unfinished line it is dropped.
   */
  end(): readonly Frame[] {
    const frames: Frame[] = []
    if (this.#partialBytes === 0) this.#endFrame(frames)
    return frames
  }

  #endLine(chunk: Buffer, start: number, end: number, frames: Frame[]): void {
    if (this.#partialBytes === 0) return this.#readLine(chunk, start, end, frames)
    this.#hold(chunk, start, end)
    const line = this.#partial
    const bytes = this.#partialBytes
    this.#partialBytes = 0
    if (line.length > 65_536) this.#partial = nothing
    this.#readLine(line, 0, bytes, frames)
  }

  #hold(chunk: Buffer, start: number, end: number): void {
    const needed = this.#partialBytes + end - start
    if (this.#frameBytes + needed > this.#maxFrameBytes) throw new FrameTooLarge(this.#maxFrameBytes)
    if (needed > this.#partial.length) {
      const grown = Buffer.allocUnsafe(Math.min(2 * needed, this.#maxFrameBytes))
      this.#partial.copy(grown, 0, 0, this.#partialBytes)
      this.#partial = grown
    }
    chunk.copy(this.#partial, this.#partialBytes, start, end)
    this.#partialBytes = needed
  }

  #readLine(bytes: Buffer, lineStart: number, end: number, frames: Frame[]): void {
    const start = this.#atStart && startsWithMark(bytes, lineStart, end) ? lineStart + 3 : lineStart
    this.#atStart = false
    if (start === end) return this.#endFrame(frames)
    if (bytes[start] === colon) {
      frames.push(comment)
    } else if (isField('data', bytes, start, end)) {
      const value = this.#value(bytes, start, start + 4, end)
      this.#data = this.#data === null ? value : `${this.#data}\n${value}`
    } else if (isField('event', bytes, start, end)) {
      this.#event = this.#value(bytes, start, start + 5, end) || null
    }
  }

  #value(bytes: Buffer, start: number, fieldEnd: number, end: number): string {
    this.#frameBytes += end - start
    if (this.#frameBytes > this.#maxFrameBytes) throw new FrameTooLarge(this.#maxFrameBytes)
    return bytes.toString('utf8', bytes[fieldEnd + 1] === space ? fieldEnd + 2 : fieldEnd + 1, end)
  }

  #endFrame(frames: Frame[]): void {
    if (this.#data !== null) frames.push({ type: 'data', event: this.#event, data: this.#data })
    this.#data = null
    this.#event = null
    this.#frameBytes = 0
  }
}

/** Whether the line is this field: its name alone, or followed by a colon. */
function isField(name: string, bytes: Buffer, start: number, end: number): boolean {
  const nameEnd = start + name.length
  if (nameEnd > end || (nameEnd < end && bytes[nameEnd] !== colon)) return false
  for (let i = 0; i < name.length; i++) if (bytes[start + i] !== name.charCodeAt(i)) return false
  return true
}

/** The byte order mark, which may stand at the very beginning of a stream. */
function startsWithMark(bytes: Buffer, start: number, end: number): boolean {
  return end - start >= 3 && bytes[start] === 0xef && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf
}
