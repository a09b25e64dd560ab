import { GatewayError } from '../../canonical/errors.ts'
import type { Hook } from '../exchange.ts'

/** `draining`: the gateway is being stopped. `backlogged`: its journal cannot be written, so it could not record what a generation costs. */
export type Readiness = 'ready' | 'draining' | 'backlogged'

/** Refuses a generation that might not end, or might not be recorded: nothing is spent without a record. */
export const refuseWhileNotReady =
  (readiness: () => Readiness): Hook =>
  () => {
    switch (readiness()) {
      case 'ready':
        return
      case 'draining':
        throw new GatewayError(
          'provider_overloaded',
          'This gateway is being stopped. Send the request again in a moment.',
          { headers: { 'Retry-After': '1', Connection: 'close' } },
        )
      case 'backlogged':
        throw new GatewayError(
          'provider_overloaded',
          'This gateway cannot store what its requests cost: its disk takes no writes. Its log says why. Send the request again later.',
          { headers: { 'Retry-After': '10' } },
        )
    }
  }
