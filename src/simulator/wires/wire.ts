import type { Answer } from '../answer.ts'
import type { Ask } from '../ask.ts'
import type { Conduct, Failure } from '../conduct.ts'
import type { JsonObject } from '../json.ts'

export interface Frame {
  /** `content` frames are what `cut-after-<n>` and its like count. */
  readonly kind: 'opening' | 'content' | 'finish' | 'usage' | 'done'
  readonly text: string
}

/** How a wire cuts a stream into frames. */
export interface Framing {
  readonly contentType: string
  frame(json: string): string
  /** A frame whose JSON cannot be read. */
  readonly broken: string
  /** A frame that means nothing but "alive". */
  readonly comment: string
}

/** One request on its way to a reply. */
export interface Exchange {
  readonly ask: Ask
  /** The JSON reply. */
  whole(answer: Answer, conduct: Conduct): object
  /** The streamed reply, complete: the faults are added outside. */
  frames(answer: Answer, conduct: Conduct): readonly Frame[]
}

/** A language in which the simulator can be spoken to. */
export interface Wire {
  /** How a path of this wire ends; what comes before is the caller's to choose. */
  readonly path: string
  readonly framing: Framing
  /** Throws `BadAsk`. */
  open(body: JsonObject): Exchange
  failure(failure: Failure): object
}
