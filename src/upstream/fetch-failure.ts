/**
 * The reason why an address of a caller was not fetched: it is not allowed; its server has no such resource; the body is longer than
 * allowed; any other failure.
 */
type FetchFailureReason = 'refused' | 'missing' | 'too-large' | 'failed'

/** `message` is a clause without a subject, such as `leads to nothing (status 404)`, and names no host. */
export class FetchFailure extends Error {
  override readonly name = 'FetchFailure'
  readonly reason: FetchFailureReason

  constructor(reason: FetchFailureReason, message: string, cause?: unknown) {
    super(message, { cause })
    this.reason = reason
  }
}
