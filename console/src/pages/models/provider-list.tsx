import type { Provider } from '../../api/endpoints.ts'
import { Badge, type Tone } from '../../parts/badge.tsx'
import { Panel } from '../../parts/panel.tsx'
import { type Column, Table } from '../../parts/table.tsx'

const states: Readonly<
  Record<Provider['state'], { readonly tone: Tone; readonly words: string; readonly rank: number }>
> = {
  offered: { tone: 'good', words: 'offered', rank: 0 },
  unreachable: { tone: 'bad', words: 'not reached', rank: 1 },
  'no-credentials': { tone: 'warn', words: 'no key', rank: 2 },
  unset: { tone: 'neutral', words: 'not set up', rank: 3 },
}

/** All providers that the gateway has, and what those lack that are not offered. */
export function ProviderList({ providers }: { readonly providers: readonly Provider[] }) {
  return (
    <Panel isFlush>
      <Table
        label="Providers"
        rows={providers}
        columns={columns}
        keyOf={({ slug }) => slug}
        sorted={{ id: 'state', desc: false }}
        empty="There are no providers."
      />
    </Panel>
  )
}

const columns: readonly Column<Provider>[] = [
  { id: 'name', header: 'Provider', sortBy: ({ slug }) => slug, cell: ({ slug }) => slug },
  {
    id: 'state',
    header: 'State',
    sortBy: ({ state }) => states[state].rank,
    cell: ({ state }) => <Badge tone={states[state].tone}>{states[state].words}</Badge>,
  },
  {
    id: 'reason',
    header: 'Why',
    cell: ({ state, reason }) => (
      <span className="block min-w-40 text-pretty">{state === 'unset' ? `needs ${reason}` : reason}</span>
    ),
  },
  { id: 'models', header: 'Models', isNumber: true, sortBy: ({ models }) => models, cell: ({ models }) => models },
  {
    id: 'configured',
    header: 'From',
    isMinor: true,
    cell: ({ configured }) => (configured ? 'the configuration' : 'discovery'),
  },
]
