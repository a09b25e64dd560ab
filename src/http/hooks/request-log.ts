import type { Channel } from '../../util/channel.ts'
import type { Clock } from '../../util/clock.ts'
import type { Hook } from '../environment.ts'

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

/** Publishes each request once its reply is out. */
export const publishFinished =
  (finished: Channel<FinishedRequest>, clock: Clock): Hook =>
  (c, next) => {
    const startedAt = clock.monotonic()
    const { incoming, outgoing } = c.env
    outgoing.once('close', () => {
      finished.publish({
        requestId: c.get('requestId'),
        method: incoming.method ?? '',
        path: pathOf(incoming.url ?? ''),
        status: outgoing.statusCode,
        duration: clock.monotonic() - startedAt,
        key: c.get('principal')?.label,
        generationId: c.get('generationId'),
        aborted: !outgoing.writableFinished,
      })
    })
    return next()
  }

function pathOf(url: string): string {
  const end = url.indexOf('?')
  return end === -1 ? url : url.slice(0, end)
}
