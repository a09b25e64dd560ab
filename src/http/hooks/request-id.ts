import { fullMatch } from '../../util/pattern.ts'
import type { Clock } from '../../util/clock.ts'
import { requestId } from '../../util/ids.ts'
import type { Hook } from '../exchange.ts'

/**
 * The characters of ids that proxies and clients send: UUIDs, hexadecimal numbers, trace ids. Any other id could be an attempt to break the
 * log.
 */
const wellFormed = /^[\w.~:/+=@-]{1,128}$/

/**
 * Gives every request an id, which the reply, the log and the records contain. It is the client's own id, so that the request can be traced
 * across systems, or else a new one (contract §0.11).
 */
export const assignRequestId =
  (clock: Clock): Hook =>
  (exchange) => {
    const given = exchange.incoming.headers['x-request-id']
    const isUsable = typeof given === 'string' && fullMatch(wellFormed, given) !== null
    exchange.requestId = isUsable ? given : requestId(Math.floor(clock.now() / 1000))
    exchange.outgoing.setHeader('x-request-id', exchange.requestId)
  }
