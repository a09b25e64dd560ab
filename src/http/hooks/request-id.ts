import type { Clock } from '../../util/clock.ts'
import { requestId } from '../../util/ids.ts'
import type { Hook } from '../environment.ts'

/** Gives every request an id of ours (contract 0.11) and shows it to the client. */
export const assignRequestId =
  (clock: Clock): Hook =>
  (c, next) => {
    const id = requestId(Math.floor(clock.now() / 1000))
    c.set('requestId', id)
    c.env.outgoing.setHeader('x-request-id', id)
    return next()
  }
