import { GatewayError } from '../canonical/errors.ts'
import type { Channel } from '../util/channel.ts'
import type { Clock } from '../util/clock.ts'
import type { Handler } from './exchange.ts'

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
  /** The kind of the error that it was refused with, where no generation has it on record. */
  readonly error: string | undefined
  /** The client left before the reply was complete. */
  readonly aborted: boolean
}

/** Publishes each request once its reply is out and its handler has ended, also where the client left before that. */
export function publishFinished(finished: Channel<FinishedRequest>, clock: Clock, handle: Handler): Handler {
  return (exchange) => {
    const startedAt = clock.monotonic()
    const { incoming, outgoing, path } = exchange
    let error: string | undefined
    let handled: ReturnType<Handler>
    const refused = (thrown: unknown): void => {
      error = thrown instanceof GatewayError ? thrown.kind : 'server'
    }
    const publish = (): void =>
      finished.publish({
        requestId: exchange.requestId,
        method: incoming.method ?? '',
        path,
        status: outgoing.statusCode,
        duration: clock.monotonic() - startedAt,
        key: exchange.asker?.label,
        generationId: exchange.generationId,
        error,
        aborted: !outgoing.writableFinished,
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
    // Before the failure is answered, and with it the reply ends.
    if (handled instanceof Promise) handled.catch(refused)
    return handled
  }
}
