import { fullMatch } from '../../util/pattern.ts'
import type { Clock } from '../../util/clock.ts'
import { requestId } from '../../util/ids.ts'
import type { Hook } from '../exchange.ts'

/** What proxies and clients send: UUIDs, hexadecimal, traces. Anything else could be meant to break a log. */
const wellFormed = /^[\w.~:/+=@-]{1,128}$/

/**
 * Gives every request an id, by which the reply, the log and the records speak of it: the client's own, so that it can be followed
 * through all that it passes, or else one of ours (contract §0.11).
 */
export const assignRequestId =
  (clock: Clock): Hook =>
  (exchange) => {
    const given = exchange.incoming.headers['x-request-id']
    const isUsable = typeof given === 'string' && fullMatch(wellFormed, given) !== null
    exchange.requestId = isUsable ? given : requestId(Math.floor(clock.now() / 1000))
    exchange.outgoing.setHeader('x-request-id', exchange.requestId)
  }
