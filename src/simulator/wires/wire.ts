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
  /** Absent: UTF-8. `latin1`: a frame's text holds one byte a character. */
  readonly encoding?: 'latin1'
  frame(json: string): string
  /** A frame whose JSON cannot be read. */
  readonly broken: string
  /** A frame that means nothing but "alive". */
  readonly comment: string
  /** A frame in two halves, between which so many `x` fit. Absent: in a first member of its JSON. */
  readonly padded?: (text: string, bytes: number) => readonly [string, string]
  /** The beginning of a frame of so many bytes. Absent: that of a line without end. */
  readonly endless?: (bytes: number) => string
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
  /** Whether a request to this path is in this language; how the path begins is the caller's to choose. */
  readonly serves: (path: string) => boolean
  readonly framing: Framing
  /** `path` is the request's, with its query: some languages name the model there. Throws `BadAsk`. */
  open(body: JsonObject, path: string): Exchange
  failure(failure: Failure): object
  /** What the language says about a failure beside the body. */
  failureHeaders?(failure: Failure): Readonly<Record<string, string>>
}
