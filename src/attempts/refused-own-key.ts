import { type ErrorKind, GatewayError, type Retry } from '../canonical/errors.ts'
import type { Endpoint } from '../catalog/endpoint.ts'

const kinds: Readonly<Record<number, ErrorKind>> = {
  401: 'authentication',
  402: 'payment_required',
  403: 'permission_denied',
}

/**
 * Returns the failure of a call as the client gets it. The refusal of a key that the account brought has the provider's own status, because
 * only the account can mend that (contract §5.5); the gateway's own credentials are no concern of the client's, and stay a 502.
 */
export function asReported(error: GatewayError, { scope }: Retry, { byok, providerName }: Endpoint): GatewayError {
  const status = error.details.upstreamStatus
  const kind = kinds[status ?? 0]
  if (
    byok === undefined ||
    kind === undefined ||
    scope !== 'next-credential' ||
    error.kind !== 'provider_unavailable'
  ) {
    return error
  }
  const message = `${providerName} refused the key of this account (BYOK key ${byok}) with status ${status}.`
  const reported = new GatewayError(kind, message, { ...error.details, status })
  reported.cause = error.cause
  return reported
}
