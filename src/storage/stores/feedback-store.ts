import type { RecordFields, RecordOf } from '../../canonical/record-fields.ts'

/** What a generation can be criticised for (contract §8.B). */
export const feedbackCategories = [
  'latency',
  'incoherence',
  'incorrect_response',
  'formatting',
  'billing',
  'api_error',
  'other',
] as const

/** The fields of a piece of feedback on a generation. */
export const feedbackFields = {
  generationId: 'text',
  /** One of `feedbackCategories`. */
  category: 'text',
  account: 'text',
  /** The key with which it was sent. */
  keyHash: 'text',
  comment: 'text?',
  /** Unix milliseconds. */
  createdAt: 'integer',
} as const satisfies RecordFields

export interface FeedbackRecord extends RecordOf<typeof feedbackFields> {}

/** The store of feedback. It is deleted with its generation. */
export interface FeedbackStore {
  /** Keeps a piece of feedback. It takes the place of an earlier one of the same generation and category. */
  put(feedback: FeedbackRecord): Promise<void>
  /** Lists the feedback on a generation of an account, oldest first. */
  list(generationId: string, account: string): Promise<readonly FeedbackRecord[]>
}
