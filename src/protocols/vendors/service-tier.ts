import type { Parameters } from '../../canonical/generation-request.ts'
import type { Endpoint } from '../../catalog/endpoint.ts'

/**
 * The tier to ask this upstream for; undefined where it knows none. An endpoint of a tier may have been chosen by its tag, without a
 * word about the tier. Few know `ultrafast`: elsewhere it falls back to the next best (contract §6.10).
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

/** `default`, `flex` or `priority`, whatever the provider calls them (contract §3.1). */
export function decodeServiceTier(tier: unknown): string | undefined {
  if (typeof tier !== 'string') return undefined
  return tier === 'standard' || tier === 'on_demand' || tier === 'auto' ? 'default' : tier
}
