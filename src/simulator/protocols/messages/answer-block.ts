/** A content block of an answer: its beginning in a stream, its deltas, and its final form. */
export interface AnswerBlock {
  readonly start: object
  readonly deltas: readonly object[]
  readonly whole: object
}
