import type { Channel } from '../util/channel.ts'
import type { Clock } from '../util/clock.ts'
import type { Route } from './exchange.ts'

/** A request that was answered, or whose client left. */
export interface FinishedRequest {
  readonly requestId: string
  readonly method: string
  /** Without the query, which may hold anything. */
  readonly path: string
  readonly status: number
  /** Milliseconds. */
  readonly duration: number
  /** Masked label of the key. */
  readonly key: string | undefined
  readonly generationId: string | undefined
  /** The client left before the reply was complete. */
  readonly aborted: boolean
}

/** Publishes each request once its reply is out and its route has ended, also where the client left before that. */
export function publishFinished(finished: Channel<FinishedRequest>, clock: Clock, route: Route): Route {
  return (exchange) => {
    const startedAt = clock.monotonic()
    const { incoming, outgoing, path } = exchange
    let handled: ReturnType<Route>
    const publish = (): void =>
      finished.publish({
        requestId: exchange.requestId,
        method: incoming.method ?? '',
        path,
        status: outgoing.statusCode,
        duration: clock.monotonic() - startedAt,
        key: exchange.asker?.label,
        generationId: exchange.generationId,
        aborted: !outgoing.writableFinished,
      })
    outgoing.once('close', () => {
      if (handled instanceof Promise) handled.then(publish, publish)
      else publish()
    })
    handled = route(exchange)
    return handled
  }
}
