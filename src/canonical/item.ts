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
  /** The next bytes of speech. */
  | { readonly type: 'speech'; readonly bytes: Uint8Array }
  | { readonly type: 'transcript'; readonly text: string }
