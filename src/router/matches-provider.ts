import type { GenerationRequest } from '../canonical/generation-request.ts'
import type { Endpoint } from '../catalog/endpoint.ts'
import { askedTiers } from '../catalog/asked-tiers.ts'

/**
 * Whether a name in `order`, `only` or `ignore` means this endpoint (contract §1.2); letter case does not matter. `slug/suffix`
 * means the endpoint of that tag. A provider's slug or display name means all its endpoints, save those of a service tier that
 * the request does not ask for: a tier costs more, or is slower, and is never come by unawares.
 */
export function matchesProvider(name: string, endpoint: Endpoint, request: GenerationRequest): boolean {
  const wanted = name.toLowerCase()
  const { provider, providerName, tag } = endpoint
  if (wanted !== provider.toLowerCase() && wanted !== providerName.toLowerCase()) return wanted === tag.toLowerCase()
  return endpoint.tier === 'default' || askedTiers(request).includes(endpoint.tier)
}
