import { type CallEvent, isContent } from '../canonical/generation-event.ts'
import type { Frame, UpstreamReply } from '../protocols/protocol.ts'
import { BrokenFrame } from './aws-event-stream-reader.ts'
import { holdsTooMuch, mostKeys } from './most-keys.ts'

/** Cuts the bytes of a stream into frames. */
export interface FrameReader {
  /** @throws FrameTooLarge, BrokenFrame */
  push(chunk: Buffer): readonly Frame[]
  /** @throws BrokenFrame */
  end(): readonly Frame[]
}

/** Turns what one read of a stream brought into one batch of events. */
export class StreamDecoder {
  /** Whether `end` or `error` is out: nothing after it counts. */
  ended = false
  /** Whether the client has something to see. */
  begun = false
  /** Frames so far, comments included. */
  frames = 0
  readonly #reply: UpstreamReply
  readonly #reader: FrameReader

  constructor(reply: UpstreamReply, reader: FrameReader) {
    this.#reply = reply
    this.#reader = reader
  }

  /**
   * `null` is the end of the body, after which the call has ended.
   * @throws FrameTooLarge, BrokenFrame
   */
  decode(chunks: readonly Buffer[] | null): readonly CallEvent[] {
    const batch: CallEvent[] = []
    if (chunks === null) {
      this.#frames(this.#reader.end(), batch)
      if (!this.ended) this.#take(this.#reply.decodeEnd(), batch)
      return batch
    }
    for (const chunk of chunks) this.#frames(this.#reader.push(chunk), batch)
    return batch
  }

  #frames(frames: readonly Frame[], batch: CallEvent[]): void {
    this.frames += frames.length
    for (const frame of frames) {
      if (this.ended) return
      if (frame.type === 'data' && holdsTooMuch(frame.data)) {
        throw new BrokenFrame(`that holds more than ${mostKeys} keys`)
      }
      this.#take(this.#reply.decodeFrame(frame), batch)
    }
  }

  #take(events: readonly CallEvent[], batch: CallEvent[]): void {
    for (const event of events) {
      batch.push(event)
      if (event.type === 'call-end' || event.type === 'error') {
        this.ended = true
        return
      }
      this.begun ||= isContent(event)
    }
  }
}
