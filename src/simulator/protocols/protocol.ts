import type { Answer } from '../answer.ts'
import type { JsonObject } from '../json.ts'
import type { ParsedRequest } from '../parsed-request.ts'
import type { ReplySettings, Failure } from '../reply-settings.ts'

export interface Frame {
  /** Behaviours such as `cut-after-<n>` count the `content` frames. */
  readonly kind: 'opening' | 'content' | 'finish' | 'usage' | 'done'
  readonly text: string
}

/** The form of a stream: how a protocol cuts it into frames. */
export interface Framing {
  readonly contentType: string
  /** Absent means UTF-8. With `latin1`, the text of a frame holds one byte per character. */
  readonly encoding?: 'latin1'
  frame(json: string): string
  /** A frame whose JSON cannot be parsed. */
  readonly broken: string
  /** A frame whose only meaning is that the connection is alive. */
  readonly comment: string
  /** Returns a frame in two parts, between which `bytes` characters `x` belong. Absent: they fill a first member of the frame's JSON. */
  readonly padded?: (text: string, bytes: number) => readonly [string, string]
  /** Returns the beginning of a frame of this many bytes. Absent: the beginning of a line that does not end. */
  readonly endless?: (bytes: number) => string
}

/** A parsed request, and the functions that encode the reply to it. */
export interface ReplyEncoder {
  readonly request: ParsedRequest
  /** The form of a stream that this request asks for. Absent: that of the protocol. */
  readonly framing?: Framing
  /** Returns the JSON reply. */
  whole(answer: Answer, settings: ReplySettings): object
  /** Returns the frames of the complete stream. `streamSteps` adds the faults. */
  frames(answer: Answer, settings: ReplySettings): readonly Frame[]
}

/** A protocol in which clients can call the simulator. */
export interface Protocol {
  /** Whether a request to this path uses this protocol. Only the end of the path counts, so any base URL works. */
  readonly serves: (path: string) => boolean
  readonly framing: Framing
  /**
   * Parses a request. `path` includes the query string, because some protocols have the model there. A form is its fields; see parse-form.ts.
   * @throws InvalidRequest
   */
  open(body: JsonObject, path: string): ReplyEncoder
  failure(failure: Failure): object
  /** Returns headers that describe a failure beside the body. */
  failureHeaders?(failure: Failure): Readonly<Record<string, string>>
}
