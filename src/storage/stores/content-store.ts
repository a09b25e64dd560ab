import type { RecordFields, RecordOf } from '../../canonical/record-fields.ts'

/** The fields of the content of a generation. */
export const contentFields = {
  generationId: 'text',
  account: 'text',
  /** Unix milliseconds, of the arrival of the request. */
  createdAt: 'integer',
  /** JSON text: an object with the `messages` or the `prompt` that the client sent. */
  input: 'text',
  /** The text of the answer. */
  completion: 'text?',
  reasoning: 'text?',
  /** JSON text: a list of the calls of the client's tools. */
  toolCalls: 'text?',
  /** JSON text: the failure, as it is shown. */
  error: 'text?',
} as const satisfies RecordFields

export interface ContentRecord extends RecordOf<typeof contentFields> {}

/** The store of what was said in generations, which is apart from the ledger and has a retention of its own. */
export interface ContentStore {
  /** Writes contents in one transaction. One that is there already stays as it is. */
  write(contents: readonly ContentRecord[]): Promise<void>
  /** Finds the content of a generation of an account; those of other accounts are not found. */
  find(generationId: string, account: string): Promise<ContentRecord | null>
}
