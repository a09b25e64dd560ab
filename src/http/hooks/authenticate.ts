import { requireInference, requireManagement } from '../../auth/permissions.ts'
import type { Authenticator } from '../../auth/authenticate.ts'
import { GatewayError } from '../../canonical/errors.ts'
import type { Exchange, Hook } from '../exchange.ts'

/** Clients of Anthropic's send the key alone, in a header of its own (contract §0.a). */
function credentialOf({ incoming: { headers } }: Exchange): string | undefined {
  const key = headers['x-api-key']
  return headers.authorization ?? (typeof key === 'string' && key !== '' ? `Bearer ${key}` : undefined)
}

/** Finds the principal of the request's key. Refuses the request with 401 before the body is read (contract §0.1). */
export const authenticate =
  (authenticator: Authenticator): Hook =>
  (exchange) => {
    exchange.principal = authenticator.authenticate(credentialOf(exchange))
  }

/** Finds the principal where the request has a valid key, at an address that needs no key. */
export const recognise =
  (authenticator: Authenticator): Hook =>
  (exchange) => {
    try {
      exchange.principal = authenticator.authenticate(credentialOf(exchange))
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error
    }
  }

/** Refuses management keys, which administer and cannot generate (contract §6.18). */
export const inferenceOnly: Hook = ({ principal }) => requireInference(principal)

/** Refuses inference keys, which cannot administer (contract §6.18). */
export const managementOnly: Hook = ({ principal }) => requireManagement(principal)
