import { GatewayError } from '../canonical/errors.ts'
import { operatorCommand } from '../canonical/operator-command.ts'
import type { Principal } from '../canonical/principal.ts'

/**
 * Refuses inference keys for administration.
 * @throws GatewayError (403, contract §6.18)
 */
export function requireManagement(principal: Principal): void {
  if (principal.management) return
  throw new GatewayError(
    'permission_denied',
    `Only management keys can perform this operation. The operator of this gateway makes one with ${operatorCommand('keys create --name NAME --management')}.`,
  )
}

/**
 * Refuses management keys for inference.
 * @throws GatewayError (403, contract §5.2)
 */
export function requireInference(principal: Principal): void {
  if (!principal.management) return
  throw new GatewayError(
    'permission_denied',
    `Management keys cannot be used for inference. Use an inference key: POST /api/v1/keys makes one, and so does ${operatorCommand('keys create --name NAME')}.`,
  )
}

/** The account whose management keys are the operator's: it is that of keys for which no account was named. */
export const operatorAccount = 'default'

/** Tells whether a principal may do what concerns the whole gateway. */
export const isOperator = ({ management, account }: Principal): boolean => management && account === operatorAccount
