import { GatewayError } from '../../canonical/errors.ts'
import type { Hook } from '../exchange.ts'

/** A gateway that is being stopped begins no generation: it could not promise to end it. */
export const refuseWhileDraining =
  (isReady: () => boolean): Hook =>
  () => {
    if (isReady()) return
    throw new GatewayError(
      'provider_overloaded',
      'This gateway is being stopped. Send the request again in a moment.',
      {
        headers: { 'Retry-After': '1', Connection: 'close' },
      },
    )
  }
