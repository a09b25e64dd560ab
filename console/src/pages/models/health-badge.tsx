import type { Endpoint } from '../../api/endpoints.ts'
import { Badge, type Tone } from '../../parts/badge.tsx'

/** The states of an endpoint, the worst first. The first that applies is shown. */
const states: readonly {
  readonly tone: Tone
  readonly label: string
  readonly applies: (endpoint: Endpoint) => boolean
}[] = [
  {
    tone: 'bad',
    label: 'keys refused',
    applies: ({ credentials: { count, benched } }) => count > 0 && benched >= count,
  },
  { tone: 'bad', label: 'down', applies: ({ health }) => health.condition === 'down' },
  { tone: 'warn', label: 'being tried', applies: ({ health }) => health.condition !== 'stable' },
  { tone: 'warn', label: 'rate limited', applies: ({ health }) => health.rate_limited },
  { tone: 'good', label: 'well', applies: ({ health }) => hasFigures(health) },
  { tone: 'neutral', label: 'too few requests', applies: () => true },
]

/** Only streams have a first token, only answers of tokens a throughput, and an uptime needs a few requests. */
const hasFigures = (health: Endpoint['health']): boolean =>
  health.latency_last_30m !== null || health.throughput_last_30m !== null || health.uptime_last_30m !== null

/** The state of an endpoint. */
export function HealthBadge({ endpoint }: { readonly endpoint: Endpoint }) {
  const state = states.find(({ applies }) => applies(endpoint))
  return state && <Badge tone={state.tone}>{state.label}</Badge>
}

/** Returns a number that sorts endpoints by their state, the worst first. */
export const healthRank = (endpoint: Endpoint): number => states.findIndex(({ applies }) => applies(endpoint))
