import { Badge } from '../../parts/badge.tsx'
import { type Column, Table } from '../../parts/table.tsx'
import type { Detail } from './detail.ts'
import { EndpointCell, ReasonCell } from './route-cells.tsx'

type Taken = NonNullable<Detail['route']>
type Endpoint = Taken['endpoints'][number]

/** The endpoints of the route at the time of the request: which were called, which were not needed, and why others were excluded. */
export function TakenRoute({ route }: { readonly route: Taken }) {
  return (
    <>
      <p className="px-4 py-2 text-soft">
        {route.requested} · {route.strategy}
      </p>
      <Table
        label="Endpoints of the route"
        rows={route.endpoints}
        columns={columns}
        keyOf={({ model, endpoint }) => `${model} ${endpoint}`}
        empty="No endpoint came into question."
        most={50}
      />
    </>
  )
}

const columns: readonly Column<Endpoint>[] = [
  {
    id: 'endpoint',
    header: 'Endpoint',
    cell: ({ provider_name: name, endpoint, model }) => <EndpointCell name={name} model={model} endpoint={endpoint} />,
  },
  {
    id: 'why',
    header: 'Why',
    cell: ({ called, excluded_by: excluded }) => (
      <ReasonCell excludedBy={excluded}>
        <Badge tone={called ? 'good' : 'neutral'}>{called ? 'called' : 'stood by'}</Badge>
      </ReasonCell>
    ),
  },
]
