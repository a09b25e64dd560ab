import { GatewayError } from '../canonical/errors.ts'
import type { Principal } from '../canonical/principal.ts'

/** Management keys are refused for inference (contract §5.2, 403). */
export function requireInference(principal: Principal): void {
  if (!principal.management) return
  throw new GatewayError(
    'permission_denied',
    'Management keys cannot be used for inference. Use an inference key, made with `waygate keys create`.',
  )
}
