import type { DocumentFailure, DocumentFailureKind } from '../canonical/documents.ts'
import { messageOf } from '../util/message-of.ts'

/** Thrown where a document cannot be read; the message is for the caller. */
export class DocumentError extends Error {
  readonly kind: DocumentFailureKind

  constructor(kind: DocumentFailureKind, message: string) {
    super(message)
    this.kind = kind
  }
}

/** Makes a failure of whatever was thrown while a document was read: what no reader foresaw is the fault of the document. */
export function failureOf(error: unknown): DocumentFailure {
  if (error instanceof DocumentError) return failure(error.kind, error.message)
  const reason = messageOf(error)
  return failure('broken', `The document could not be read: ${reason.slice(0, 200)}`)
}

export const failure = (kind: DocumentFailureKind, message: string): DocumentFailure => ({
  type: 'failure',
  kind,
  message,
})
