import { GatewayError } from '../canonical/errors.ts'
import type { Principal } from '../canonical/principal.ts'

/**
 * Refuses management keys for inference.
 * @throws GatewayError (403, contract §5.2)
 */
export function requireInference(principal: Principal): void {
  if (!principal.management) return
  throw new GatewayError(
    'permission_denied',
    'Management keys cannot be used for inference. Use an inference key, made with `waygate keys create`.',
  )
}
