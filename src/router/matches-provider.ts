import type { GenerationRequest } from '../canonical/generation-request.ts'
import type { Endpoint } from '../catalog/endpoint.ts'
import { requestedTiers } from '../catalog/requested-tiers.ts'

/**
 * Tells whether a name in `order`, `only` or `ignore` means this endpoint (contract §1.2). Letter case does not matter. `slug/suffix` means
 * the endpoint with that tag. The slug or the display name of a provider means all its endpoints, except those of a service tier that the
 * request does not ask for: such a tier costs more, or is slower, and must never be used by accident.
 */
export function matchesProvider(name: string, endpoint: Endpoint, request: GenerationRequest): boolean {
  const wanted = name.toLowerCase()
  const { provider, providerName, tag } = endpoint
  if (wanted !== provider.toLowerCase() && wanted !== providerName.toLowerCase()) return wanted === tag.toLowerCase()
  return endpoint.tier === 'default' || requestedTiers(request).includes(endpoint.tier)
}
