/** A request that the gateway sends of its own accord, to an observer. */
export interface OutgoingRequest {
  readonly method: 'POST' | 'PUT'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** A request whose body may be encoded already, which takes half the memory of the text or less. */
export interface EncodedRequest extends Omit<OutgoingRequest, 'body'> {
  readonly body: string | Buffer
}

/**
 * Sends a request, and returns the status of the answer, whose body is not read. Redirects are not followed.
 * @throws Error where no answer came in time, and where the address may not be called.
 */
export type SendRequest = (request: EncodedRequest, signal: AbortSignal) => Promise<number>
