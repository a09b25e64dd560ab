import type { Endpoint } from '../../api/endpoints.ts'
import { Badge } from '../../parts/badge.tsx'

/** Says how an endpoint is doing: what keeps requests from it comes first. */
export function HealthBadge({ endpoint: { health, credentials } }: { readonly endpoint: Endpoint }) {
  if (credentials.count > 0 && credentials.benched >= credentials.count) return <Badge tone="bad">keys refused</Badge>
  if (health.condition === 'down') return <Badge tone="bad">down</Badge>
  if (health.condition !== 'stable') return <Badge tone="warn">being tried</Badge>
  if (health.rate_limited) return <Badge tone="warn">rate limited</Badge>
  return hasFigures(health) ? <Badge tone="good">well</Badge> : <Badge tone="neutral">too few requests</Badge>
}

/** Only streams have a first token, only answers of tokens a throughput, and an uptime needs a few requests. */
const hasFigures = (health: Endpoint['health']): boolean =>
  health.latency_last_30m !== null || health.throughput_last_30m !== null || health.uptime_last_30m !== null

/** Orders endpoints by health: the ill ones first. */
export function healthRank({ health, credentials }: Endpoint): number {
  if (credentials.count > 0 && credentials.benched >= credentials.count) return 0
  if (health.condition === 'down') return 1
  if (health.condition !== 'stable') return 2
  if (health.rate_limited) return 3
  return hasFigures(health) ? 4 : 5
}
