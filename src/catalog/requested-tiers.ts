import type { GenerationRequest } from '../canonical/generation-request.ts'
import type { Tier } from './endpoint.ts'

const none: readonly Tier[] = []

/** Returns the tiers that a request opts into by `service_tier`, besides the default one, the best first (contract §6.10). */
export function requestedTiers({ parameters: { serviceTier } }: GenerationRequest): readonly Tier[] {
  switch (serviceTier) {
    case 'ultrafast':
      return ['ultrafast', 'priority']
    case 'priority':
    case 'flex':
      return [serviceTier]
    default:
      return none
  }
}
