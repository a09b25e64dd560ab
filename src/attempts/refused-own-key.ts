import { type ErrorDetails, type ErrorKind, GatewayError, type Retry } from '../canonical/errors.ts'
import type { Endpoint } from '../catalog/endpoint.ts'

/** The kinds of a refusal of a key that the account brought, by the status of the provider. */
const kinds: Readonly<Record<number, ErrorKind>> = {
  401: 'authentication',
  402: 'payment_required',
  403: 'permission_denied',
}

/**
 * Returns the failure of a call as the client gets it. The refusal of a key that the account brought has the provider's own status, because
 * only the account can mend that (contract §5.5). The gateway's own credentials are no concern of the client's: their refusal stays a 502.
 */
export function asReported(error: GatewayError, { scope }: Retry, { byok, providerName }: Endpoint): GatewayError {
  if (byok === undefined) return error
  const details: ErrorDetails = { ...error.details, isByok: true }
  const status = details.upstreamStatus ?? 0
  const kind = kinds[status]
  const isRefusal = scope === 'next-credential' && error.kind === 'provider_unavailable'
  const reported =
    isRefusal && kind !== undefined
      ? new GatewayError(kind, `${providerName} refused the key of this account (BYOK key ${byok}) with ${status}.`, {
          ...details,
          status,
        })
      : new GatewayError(error.kind, error.message, details)
  reported.cause = error.cause
  return reported
}
