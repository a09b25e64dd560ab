import type { Frame } from '../protocols/protocol.ts'

/** Splits the bytes of an AWS event stream (`application/vnd.amazon.eventstream`) into frames. */
export class AwsEventStreamReader {
  readonly #maxFrameBytes: number

  constructor(options: { readonly maxFrameBytes: number }) {
    this.#maxFrameBytes = options.maxFrameBytes
  }

  push(_chunk: Buffer): readonly Frame[] {
    throw new Error(`not built, ${this.#maxFrameBytes}`)
  }

  end(): readonly Frame[] {
    return []
  }
}
