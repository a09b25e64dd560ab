import type { VectorEncoding } from './generation-request.ts'

/** A vector as its JSON text or its base64, so that nothing parses it where both sides have the same encoding. */
export interface Vector {
  readonly encoding: VectorEncoding
  /** For `float`, the JSON text of an array of numbers. */
  readonly text: string
}

/** One result of an operation that is no chat. `index` is the place of its input in the request. */
export type Item =
  | { readonly type: 'embedding'; readonly index: number; readonly vector: Vector }
  | { readonly type: 'relevance'; readonly index: number; readonly score: number }
  /** A generated image, in base64. */
  | { readonly type: 'generated-image'; readonly index: number; readonly data: string; readonly mediaType?: string }
  /** An image before it is finished. `index` counts the unfinished ones. */
  | { readonly type: 'partial-image'; readonly index: number; readonly data: string; readonly mediaType?: string }
  /** The next bytes of speech. */
  | { readonly type: 'speech'; readonly bytes: Uint8Array }
  /** The next words of a transcript. The words of every transcript come in such pieces; one that has words has at least one piece. */
  | { readonly type: 'transcript-delta'; readonly text: string }
  /** The whole transcript, after its pieces. */
  | { readonly type: 'transcript'; readonly transcript: Transcript }

/** What was said, and when. Times are in seconds from the beginning. */
export interface Transcript {
  readonly text: string
  readonly language?: string
  /** How sure the model is of the language, from 0 to 1. */
  readonly languageConfidence?: number
  readonly duration?: number
  readonly segments?: readonly TranscriptSegment[]
  readonly words?: readonly TranscriptWord[]
}

export interface TranscriptSegment {
  readonly start: number
  readonly end: number
  readonly text: string
  readonly speaker?: string
  /** What the provider tells of it besides, in its own words. */
  readonly more?: Readonly<Record<string, unknown>>
}

export interface TranscriptWord {
  readonly word: string
  readonly start: number
  readonly end: number
  /** `audio_event`: a sound that is no word, such as laughter. */
  readonly type?: 'word' | 'audio_event'
  /** From 0 to 1. */
  readonly confidence?: number
  readonly speaker?: string
}
