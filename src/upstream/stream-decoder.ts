import { type CallEvent, isContent } from '../canonical/generation-event.ts'
import type { Frame, UpstreamReply } from '../protocols/protocol.ts'
import { BrokenFrame } from './aws-event-stream-reader.ts'
import { excessOf } from './most-keys.ts'

/** Splits the bytes of a stream into frames. */
export interface FrameReader {
  /**
   * Returns the frames that this chunk completes.
   * @throws FrameTooLarge, BrokenFrame
   */
  push(chunk: Buffer): readonly Frame[]
  /**
   * Ends the body. Returns the frames that its end completes.
   * @throws BrokenFrame
   */
  end(): readonly Frame[]
}

/**
 * The most frames of one stream. The longest existing answers have a hundred thousand tokens or a little more. The state that a language
 * keeps of an answer, such as its blocks and items, grows with its events, and is limited by this.
 */
const mostFrames = 500_000

/** Decodes the chunks of one read of a stream into one batch of events. */
export class StreamDecoder {
  /** Whether `call-end` or `error` was returned. Nothing after it counts. */
  ended = false
  /** Whether there was content for the client. */
  begun = false
  /** The number of frames so far, with comments. */
  frames = 0
  readonly #reply: UpstreamReply
  readonly #reader: FrameReader | null

  /** @param reader Null for a stream without frames. */
  constructor(reply: UpstreamReply, reader: FrameReader | null) {
    this.#reply = reply
    this.#reader = reader
  }

  /**
   * Decodes the chunks of one read. Null is the end of the body, after which the call has ended.
   * @throws FrameTooLarge, BrokenFrame
   */
  decode(chunks: readonly Buffer[] | null): readonly CallEvent[] {
    const batch: CallEvent[] = []
    if (chunks === null) {
      if (this.#reader !== null) this.#frames(this.#reader.end(), batch)
      if (!this.ended) this.#take(this.#reply.decodeEnd(), batch)
      return batch
    }
    for (const chunk of chunks) {
      if (this.#reader !== null) this.#frames(this.#reader.push(chunk), batch)
      else if (!this.ended) this.#take(this.#reply.decodeBytes?.(chunk) ?? [], batch)
    }
    return batch
  }

  #frames(frames: readonly Frame[], batch: CallEvent[]): void {
    this.frames += frames.length
    if (this.frames > mostFrames) throw new BrokenFrame(`after ${mostFrames} others`)
    for (const frame of frames) {
      if (this.ended) return
      const excess = frame.type === 'data' ? excessOf(frame.data) : null
      if (excess !== null) throw new BrokenFrame(`that ${excess}`)
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
