import type { Parameters } from '../../canonical/generation-request.ts'
import type { Endpoint } from '../../catalog/endpoint.ts'

/**
 * Returns the service tier to ask an upstream for; undefined where it has no tiers. An endpoint of a tier may have been chosen by its tag,
 * without a tier in the request. Few providers know `ultrafast`: elsewhere it falls back to `priority`, the next best (contract §6.10).
 */
export function askedTier(
  { serviceTier }: Parameters,
  { tier }: Endpoint,
  quirks: { readonly serviceTier?: boolean | 'ultrafast' },
): string | undefined {
  if (quirks.serviceTier === undefined || quirks.serviceTier === false) return undefined
  if (tier !== 'default') return tier
  return serviceTier === 'ultrafast' && quirks.serviceTier !== 'ultrafast' ? 'priority' : serviceTier
}

/**
 * Decodes the service tier of a reply. The usual tier is `default`, whatever the provider calls it; any other name, such as `flex` or
 * `priority`, stays as it is (contract §3.1).
 */
export function decodeServiceTier(tier: unknown): string | undefined {
  if (typeof tier !== 'string') return undefined
  return tier === 'standard' || tier === 'on_demand' || tier === 'auto' ? 'default' : tier
}
