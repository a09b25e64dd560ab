import { requireInference } from '../../auth/permissions.ts'
import type { Authenticator } from '../../auth/authenticate.ts'
import type { Hook } from '../exchange.ts'

/** Finds out who asks; refuses with 401 before the body is read (contract 0.1). */
export const authenticate =
  (authenticator: Authenticator): Hook =>
  (exchange) => {
    exchange.principal = authenticator.authenticate(exchange.incoming.headers.authorization)
  }

/** Management keys administer; they do not generate (contract §6.18). */
export const inferenceOnly: Hook = ({ principal }) => requireInference(principal)
