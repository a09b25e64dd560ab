import { requireInference } from '../../auth/permissions.ts'
import type { Authenticator } from '../../auth/authenticate.ts'
import { GatewayError } from '../../canonical/errors.ts'
import type { Hook } from '../exchange.ts'

/** Finds out who asks; refuses with 401 before the body is read (contract §0.1). */
export const authenticate =
  (authenticator: Authenticator): Hook =>
  (exchange) => {
    exchange.principal = authenticator.authenticate(exchange.incoming.headers.authorization)
  }

/** For an address that answers anybody, and tells more to who has a key: without a valid one the asker is nobody. */
export const recognise =
  (authenticator: Authenticator): Hook =>
  (exchange) => {
    try {
      exchange.principal = authenticator.authenticate(exchange.incoming.headers.authorization)
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error
    }
  }

/** Management keys administer; they do not generate (contract §6.18). */
export const inferenceOnly: Hook = ({ principal }) => requireInference(principal)
