import { GatewayError } from '../canonical/errors.ts'
import { type ErrorEvent, errorEvent } from '../canonical/generation-event.ts'
import { BrokenFrame } from './aws-event-stream-reader.ts'
import type { WaitingFor } from './call-deadline.ts'
import { BadEncoding } from './decompressed-body.ts'
import type { ResponseStream } from './response-stream.ts'
import { FrameTooLarge } from './sse-reader.ts'
import type { UpstreamProvider } from './upstream-provider.ts'
import { codeOf } from '../util/code-of.ts'

/** Makes the error for an answer that cannot be used. Another endpoint may give a better one. */
export function unusable(provider: UpstreamProvider, what: string): GatewayError {
  return new GatewayError('provider_unavailable', `${provider.name} ${what}.`, { providerName: provider.name })
}

export function timedOut(provider: UpstreamProvider, awaited: WaitingFor, limitMs: number): GatewayError {
  const message = `${provider.name} ${overdue[awaited]} within ${rounded(limitMs)}.`
  return new GatewayError('provider_timeout', message, { providerName: provider.name })
}

/** Rounds a limit to tenths of a second: the rest of a limit may be 5.999299434 s. */
const rounded = (ms: number): string => `${Math.max(1, Math.round(ms / 100)) / 10} s`

const overdue: Record<WaitingFor, string> = {
  connection: 'accepted no connection',
  'first-token': 'sent no token',
  more: 'stopped in the middle of its answer and did not go on',
  reply: 'did not answer',
  whole: 'did not finish its answer',
}

/** The codes of resets by a server that had closed an idle connection, or was just restarted. They seldom happen twice. */
const resets = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'])

/** An error after which no other endpoint is asked: it ends the request, not only the call. */
export class FinalError extends GatewayError {}

/** Makes the last event of a call after an error was thrown: by the connection, by a limit, or by a defect of the gateway. */
export function failureEvent(
  thrown: unknown,
  provider: UpstreamProvider,
  response: ResponseStream,
  signal: AbortSignal,
): ErrorEvent {
  // The client has left and reads no further, but a call must end with an event nevertheless.
  if (signal.aborted) return errorEvent(new GatewayError('timeout', 'The request was cancelled.'), 'never')
  if (thrown instanceof FinalError) return errorEvent(thrown, 'never')
  if (thrown instanceof GatewayError) return errorEvent(thrown, 'next-endpoint')
  if (thrown instanceof FrameTooLarge || thrown instanceof BrokenFrame || thrown instanceof BadEncoding) {
    return errorEvent(unusable(provider, `sent ${thrown.message}`), 'next-endpoint')
  }
  const error = thrown === response.failure ? connectionError(thrown, provider, response) : new GatewayError('server')
  error.cause = thrown
  const again = response.started && response.status === 0 && resets.has(codeOf(thrown))
  return errorEvent(error, again ? 'same' : 'next-endpoint')
}

/**
 * Makes the error for a broken connection. Only the code is shown: messages name addresses inside the operator's network. The logs have
 * them in `cause`.
 */
function connectionError(thrown: unknown, provider: UpstreamProvider, response: ResponseStream): GatewayError {
  const code = codeOf(thrown) || 'unknown'
  if (response.status !== 0) return unusable(provider, `cut its answer before the end (${code})`)
  if (response.started) return unusable(provider, `closed the connection before it answered (${code})`)
  return unusable(provider, `cannot be reached (${code})`)
}
