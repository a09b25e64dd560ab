import type { Clock } from '../../util/clock.ts'
import { requestId } from '../../util/ids.ts'
import type { Hook } from '../environment.ts'

/** Gives every request an id of ours (contract 0.11), by which the log and the records speak of it. */
export const assignRequestId =
  (clock: Clock): Hook =>
  (c) => {
    c.set('requestId', requestId(Math.floor(clock.now() / 1000)))
    return undefined
  }
