import { GatewayError } from '../canonical/errors.ts'
import type { Happenings } from '../canonical/happening.ts'
import type { Clock } from '../util/clock.ts'
import type { Route } from './exchange.ts'

/** Publishes each request once its reply is out and its route has ended, also where the client left before that. */
export function publishFinished(happenings: Happenings, clock: Clock, route: Route): Route {
  return (exchange) => {
    const startedAt = clock.monotonic()
    const { incoming, outgoing, path } = exchange
    let error: string | undefined
    let handled: ReturnType<Route>
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
          status: outgoing.statusCode,
          duration: clock.monotonic() - startedAt,
          key: exchange.asker?.label,
          generationId: exchange.generationId,
          error,
          aborted: !outgoing.writableFinished,
        },
      })
    outgoing.once('close', () => {
      if (handled instanceof Promise) handled.then(publish, publish)
      else publish()
    })
    try {
      handled = route(exchange)
    } catch (thrown) {
      refused(thrown)
      throw thrown
    }
    // Before the one who answers the failure sees it, and with it the end of the reply.
    if (handled instanceof Promise) handled.catch(refused)
    return handled
  }
}
