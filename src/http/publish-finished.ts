import { GatewayError } from '../canonical/errors.ts'
import type { Happenings } from '../canonical/happening.ts'
import type { Clock } from '../util/clock.ts'
import type { Handler } from './exchange.ts'

/**
 * Publishes each request once its reply has been sent and its handler has ended, also where the client disconnected before that.
 * @param route The address as the routes have it, or `unknown`.
 */
export function publishFinished(happenings: Happenings, clock: Clock, route: string, handle: Handler): Handler {
  return (exchange) => {
    const startedAt = clock.monotonic()
    const { incoming, outgoing, path } = exchange
    let error: string | undefined
    let handled: ReturnType<Handler>
    const refused = (thrown: unknown): void => {
      error = thrown instanceof GatewayError ? thrown.kind : 'server'
    }
    const publish = (): void =>
      happenings.publish({
        type: 'finished',
        request: {
          requestId: exchange.requestId,
          method: incoming.method ?? '',
          path,
          route,
          status: outgoing.statusCode,
          duration: clock.monotonic() - startedAt,
          key: exchange.caller?.label,
          generationId: exchange.generationId,
          error,
          aborted: !outgoing.writableFinished,
          trace: exchange.trace,
        },
      })
    outgoing.once('close', () => {
      if (handled instanceof Promise) handled.then(publish, publish)
      else publish()
    })
    try {
      handled = handle(exchange)
    } catch (thrown) {
      refused(thrown)
      throw thrown
    }
    // This runs before the failure is written, because that ends the reply.
    if (handled instanceof Promise) handled.catch(refused)
    return handled
  }
}
