import { Badge } from '../../parts/badge.tsx'
import { type Column, Table } from '../../parts/table.tsx'
import type { Detail } from './detail.ts'

type Taken = NonNullable<Detail['route']>
type Endpoint = Taken['endpoints'][number]

/** The endpoints as they were found when the request came: which were called, which stood by, and why others were left out. */
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
    cell: ({ provider_name: name, endpoint, model }) => (
      <span className="block min-w-32">
        {name}
        <span className="block text-xs text-soft">
          {model} · {endpoint}
        </span>
      </span>
    ),
  },
  {
    id: 'why',
    header: 'Why',
    cell: ({ called, excluded_by: excluded }) => (
      <span className="block min-w-40 text-pretty">
        {excluded === null ? (
          <Badge tone={called ? 'good' : 'neutral'}>{called ? 'called' : 'stood by'}</Badge>
        ) : (
          <>
            <Badge tone="warn">left out</Badge> {excluded.detail}{' '}
            <span className="text-xs text-soft">
              ({excluded.rule}
              {excluded.field !== '' && `, from ${excluded.field}`})
            </span>
          </>
        )}
      </span>
    ),
  },
]
