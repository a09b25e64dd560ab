import type { GenerationRequest } from '../canonical/generation-request.ts'
import type { Tier } from './endpoint.ts'

const none: readonly Tier[] = []

/** The tiers other than the default one that a request opts into by `service_tier`, the best first (contract §6.10). */
export function askedTiers({ parameters: { serviceTier } }: GenerationRequest): readonly Tier[] {
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
