import { requireInference, requireManagement } from '../../auth/permissions.ts'
import type { Authenticator } from '../../auth/authenticate.ts'
import { GatewayError } from '../../canonical/errors.ts'
import type { Hook } from '../exchange.ts'

/** Finds the principal of the request's key. Refuses the request with 401 before the body is read (contract §0.1). */
export const authenticate =
  (authenticator: Authenticator): Hook =>
  (exchange) => {
    exchange.principal = authenticator.authenticate(exchange.incoming.headers.authorization)
  }

/** Finds the principal where the request has a valid key, at an address that needs no key. */
export const recognise =
  (authenticator: Authenticator): Hook =>
  (exchange) => {
    try {
      exchange.principal = authenticator.authenticate(exchange.incoming.headers.authorization)
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error
    }
  }

/** Refuses management keys, which administer and cannot generate (contract §6.18). */
export const inferenceOnly: Hook = ({ principal }) => requireInference(principal)

/** Refuses inference keys, which cannot administer (contract §6.18). */
export const managementOnly: Hook = ({ principal }) => requireManagement(principal)
