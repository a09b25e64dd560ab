import type { ServerResponse } from 'node:http'
import { GatewayError } from '../canonical/errors.ts'
import { encodeError } from '../protocols/gateway-fields/encode-error.ts'
import type { ErrorEncoder } from '../protocols/protocol.ts'
import { sendJson } from './send.ts'

/** How errors are written at an address whose route names no envelope of its own (contract §5.1). */
export const standardEnvelope: ErrorEncoder = { encodeError }

/** Answers with an error whose body is written already. */
export function sendError(
  outgoing: ServerResponse,
  error: GatewayError,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  sendJson(outgoing, error.status, body, { ...error.details.headers, ...headers })
}

/** Answers with whatever was thrown. A reply that began and was not ended takes no error any more: the connection is broken. */
export function sendFailure(outgoing: ServerResponse, thrown: unknown, errors: ErrorEncoder): void {
  if (!outgoing.headersSent) {
    const error = thrown instanceof GatewayError ? thrown : new GatewayError('server')
    sendError(outgoing, error, errors.encodeError(error))
  } else if (!outgoing.writableEnded) outgoing.destroy()
}
