import type { IncomingMessage, ServerResponse } from 'node:http'
import { GatewayError } from '../canonical/errors.ts'
import type { Happenings } from '../canonical/happening.ts'
import { discardRest } from './discard-rest.ts'
import { Exchange, type Handler } from './exchange.ts'
import type { RouteTable } from './route-table.ts'
import { sendFailure, standardEnvelope } from './send-error.ts'
import { targetPath } from './target-path.ts'

const none: Readonly<Record<string, string>> = {}

/** Creates the handler that finds the route of a request and runs it. An error that it throws is written in the route's own envelope. */
export function answerRequests(
  table: RouteTable,
  unknown: Handler,
  happenings: Happenings,
): (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void> {
  return async (incoming, outgoing) => {
    const path = targetPath(incoming.url ?? '')
    const found = table.find(incoming.method ?? '', path)
    const { handle, errors } = found?.target ?? { handle: unknown, errors: envelopeAt(table, path) }
    try {
      await handle(new Exchange(incoming, outgoing, path, found?.parameters ?? none))
    } catch (error) {
      if (!(error instanceof GatewayError)) happenings.publish({ type: 'failed', error })
      sendFailure(outgoing, error, errors)
    }
    if (!incoming.complete) discardRest(incoming)
  }
}

/** Returns the envelope of the route at this path, which also writes the error for a wrong method. */
function envelopeAt(table: RouteTable, path: string) {
  const [target] = table.at(path).values()
  return target?.errors ?? standardEnvelope
}
