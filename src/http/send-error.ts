import type { ServerResponse } from 'node:http'
import { GatewayError } from '../canonical/errors.ts'
import { encodeError } from '../protocols/gateway-fields/encode-error.ts'
import { sendJson } from './send.ts'

/** Answers with the standard envelope (contract §5.1), or in the words of the protocol that was spoken. */
export function sendError(
  outgoing: ServerResponse,
  error: GatewayError,
  body: object = encodeError(error),
  headers: Readonly<Record<string, string>> = {},
): void {
  sendJson(outgoing, error.status, body, { ...error.details.headers, ...headers })
}

/** The answer to whatever was thrown. A reply that began and was not ended can say nothing more: the connection breaks. */
export function sendFailure(outgoing: ServerResponse, thrown: unknown): void {
  if (!outgoing.headersSent) sendError(outgoing, thrown instanceof GatewayError ? thrown : new GatewayError('server'))
  else if (!outgoing.writableEnded) outgoing.destroy()
}
