import type { IncomingMessage } from 'node:http'
import { GatewayError } from '../../canonical/errors.ts'

/**
 * Yields the body of a request as it arrives. The connection stays open when the reader leaves, so that the client can still get an answer.
 * @throws GatewayError 400 for a body that broke off, 408 for one that is not complete after so many milliseconds
 */
export async function* piecesWithin(incoming: IncomingMessage, withinMs: number): AsyncGenerator<Buffer, void, void> {
  const { promise: overdue, reject } = Promise.withResolvers<never>()
  overdue.catch(() => {})
  const timer = setTimeout(() => {
    reject(new GatewayError('timeout', `The request body did not come within ${withinMs / 1000} seconds.`))
  }, withinMs)
  const pieces = incoming.iterator({ destroyOnReturn: false })
  try {
    for (;;) {
      const next: IteratorResult<Buffer> = await Promise.race([pieces.next(), overdue])
      if (next.done === true) return
      yield next.value
    }
  } catch (error) {
    if (error instanceof GatewayError) throw error
    throw new GatewayError('invalid_request', 'The request body broke off.')
  } finally {
    clearTimeout(timer)
    // Not awaited: where the body is late, its next piece may never come.
    void pieces.return?.()
  }
}
