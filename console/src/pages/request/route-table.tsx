import type { Reply } from '../../api/call.ts'
import { money } from '../../format/money.ts'
import { compact, percent } from '../../format/number.ts'
import { duration } from '../../format/time.ts'
import { Badge } from '../../parts/badge.tsx'
import { type Column, Table } from '../../parts/table.tsx'
import { EndpointCell, ReasonCell } from './route-cells.tsx'

type Route = Reply<'POST /waygate/generations/{id}/route'>['data']
type Candidate = Route['candidates'][number]

/** The endpoints of a route: in which order they are tried, and why others are left out. */
export function RouteTable({ route }: { readonly route: Route }) {
  const rules = [...new Set(route.ranked_by.flat())]
  return (
    <>
      <p className="px-4 py-2 text-soft">
        {route.requested} · {route.strategy}
        {route.models.length > 1 && ` · models: ${route.models.join(', ')}`}
        {rules.length > 0 && ` · ranked by ${rules.join(', ')}`}
        {route.router !== null &&
          ` · ${route.router.name}${route.router.summary === undefined ? '' : `: ${route.router.summary}`}`}
      </p>
      {route.error !== null && <p className="px-4 pb-2 text-bad">{route.error.message}</p>}
      <Table
        label="Endpoints of the route"
        rows={route.candidates}
        columns={columns}
        keyOf={({ model, endpoint, byok_key: byok }) => `${model} ${endpoint} ${byok ?? ''}`}
        empty="No endpoint comes into question."
        most={50}
      />
    </>
  )
}

const columns: readonly Column<Candidate>[] = [
  {
    id: 'place',
    header: '#',
    isNumber: true,
    cell: ({ place }) => (place === null ? <span className="text-soft">–</span> : <strong>{place}</strong>),
  },
  {
    id: 'endpoint',
    header: 'Endpoint',
    cell: ({ provider, endpoint, model, byok_key: byok }) => (
      <EndpointCell
        name={
          <>
            {provider} {byok !== null && <Badge tone="accent">own key</Badge>}
          </>
        }
        model={model}
        endpoint={endpoint}
      />
    ),
  },
  {
    id: 'why',
    header: 'Why',
    cell: (candidate) => (
      <ReasonCell excludedBy={candidate.excluded_by}>
        <Reasons candidate={candidate} />
      </ReasonCell>
    ),
  },
  {
    id: 'price',
    header: '$/M in / out',
    isNumber: true,
    cell: ({ prompt_price: prompt, completion_price: completion }) => `${prompt} / ${completion}`,
  },
  { id: 'cost', header: 'Estimate', isNumber: true, cell: ({ estimated_cost: cost }) => money(cost) },
  {
    id: 'latency',
    header: 'First token',
    isNumber: true,
    isMinor: true,
    cell: ({ latency_p50: latency }) => (latency === null ? '–' : duration(latency)),
  },
  {
    id: 'throughput',
    header: 'Tokens/s',
    isNumber: true,
    isMinor: true,
    cell: ({ throughput_p50: throughput }) => (throughput === null ? '–' : compact(throughput)),
  },
]

function Reasons({ candidate }: { readonly candidate: Candidate }) {
  const { first_pick_share: share, condition, rate_limited: isLimited, uptime_class: uptime, sticky } = candidate
  return (
    <>
      {share !== null && <>first with {percent(share)} </>}
      {sticky && <Badge tone="accent">session</Badge>} {condition !== 'stable' && <Badge tone="bad">{condition}</Badge>}{' '}
      {isLimited && <Badge tone="warn">rate limited</Badge>}{' '}
      {(uptime === 'lower' || uptime === 'last') && <Badge tone="warn">uptime: {uptime}</Badge>}
    </>
  )
}
