import type { Clock } from '../../util/clock.ts'
import { requestId } from '../../util/ids.ts'
import type { Hook } from '../exchange.ts'

/** Gives every request an id of ours (contract 0.11), by which the log and the records speak of it. */
export const assignRequestId =
  (clock: Clock): Hook =>
  (exchange) => {
    exchange.requestId = requestId(Math.floor(clock.now() / 1000))
  }
