/**
 * Why a caller's URL brought nothing: it may not be fetched; its server has no such thing; it is longer than allowed; anything else
 * that went wrong on the way.
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
