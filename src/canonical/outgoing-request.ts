/** A request that the gateway sends of its own accord, to an observer. */
export interface OutgoingRequest {
  readonly method: 'POST' | 'PUT'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/**
 * Sends a request, and returns the status of the answer, whose body is not read. Redirects are not followed.
 * @throws Error where no answer came in time, and where the address may not be called.
 */
export type SendRequest = (request: OutgoingRequest, signal: AbortSignal) => Promise<number>
