import type { ServerResponse } from 'node:http'
import { GatewayError } from '../canonical/errors.ts'
import { encodeError } from '../protocols/gateway-fields/encode-error.ts'
import type { ErrorEncoder } from '../protocols/protocol.ts'
import { sendJson } from './send.ts'

/** The form of errors at an address whose route has no envelope of its own (contract §5.1). */
export const standardEnvelope: ErrorEncoder = { encodeError }

/** Sends an error whose body is already encoded. */
export function sendError(
  outgoing: ServerResponse,
  error: GatewayError,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  sendJson(outgoing, error.status, body, { ...error.details.headers, ...headers })
}

/**
 * Sends an error for whatever was thrown. A reply that has begun but not ended cannot become an error any more, so the connection is
 * closed.
 */
export function sendFailure(outgoing: ServerResponse, thrown: unknown, errors: ErrorEncoder): void {
  if (!outgoing.headersSent) {
    const error = thrown instanceof GatewayError ? thrown : new GatewayError('server')
    sendError(outgoing, error, errors.encodeError(error))
  } else if (!outgoing.writableEnded) outgoing.destroy()
}
