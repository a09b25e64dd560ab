import { useMemo } from 'react'
import { type Endpoint, isFree, keyOf, priceOf } from '../../api/endpoints.ts'
import { perMillion } from '../../format/money.ts'
import { compact } from '../../format/number.ts'
import { duration } from '../../format/time.ts'
import { TextField } from '../../parts/field.tsx'
import { Panel } from '../../parts/panel.tsx'
import { type Column, Table } from '../../parts/table.tsx'
import { EndpointDetail } from './endpoint-detail.tsx'
import { HealthBadge, healthRank } from './health-badge.tsx'

interface EndpointListProps {
  readonly endpoints: readonly Endpoint[]
  readonly search: string
  readonly onSearch: (text: string) => void
}

/** All endpoints, with their prices, their speed and their health. */
export function EndpointList({ endpoints, search, onSearch }: EndpointListProps) {
  const found = useMemo(() => {
    const words = search.toLowerCase().split(/\s+/)
    return endpoints.filter((endpoint) => {
      const text = `${endpoint.model} ${endpoint.model_name} ${endpoint.provider_name} ${endpoint.tag}`.toLowerCase()
      return words.every((word) => text.includes(word))
    })
  }, [endpoints, search])
  return (
    <Panel isFlush>
      <div className="border-b border-line p-2">
        <TextField
          label="Search"
          isBare
          type="search"
          className="max-w-sm"
          placeholder="Search models, providers, tags"
          defaultValue={search}
          onChange={({ target }) => onSearch(target.value)}
        />
      </div>
      <Table
        label="Endpoints"
        rows={found}
        columns={columns}
        keyOf={keyOf}
        sorted={{ id: 'model', desc: false }}
        empty={
          endpoints.length === 0
            ? 'No endpoint is offered. The list of providers shows what each one lacks.'
            : 'No endpoint matches.'
        }
        detail={(endpoint) => <EndpointDetail endpoint={endpoint} />}
      />
    </Panel>
  )
}

const number = (price: string | null): number | null => (price === null ? null : Number(price))

/** Shows the price of a million tokens. An endpoint that charges for something else alone has none, and is not free. */
function tokenPrice(endpoint: Endpoint, kind: string): string {
  const price = priceOf(endpoint, kind)
  return Number(price) === 0 && !isFree(endpoint) ? '–' : perMillion(price)
}

const columns: readonly Column<Endpoint>[] = [
  {
    id: 'model',
    header: 'Model',
    sortBy: ({ model }) => model,
    cell: ({ model, model_name: name }) => (
      <span className="block min-w-28 break-words">
        {name}
        <span className="block text-xs text-soft">{model}</span>
      </span>
    ),
  },
  {
    id: 'provider',
    header: 'Provider',
    sortBy: ({ provider_name: name }) => name,
    cell: ({ provider_name: name, tag }) => (
      <>
        {name}
        <span className="block text-xs text-soft">{tag}</span>
      </>
    ),
  },
  {
    id: 'health',
    header: 'Health',
    sortBy: healthRank,
    cell: (endpoint) => <HealthBadge endpoint={endpoint} />,
  },
  {
    id: 'prompt',
    header: '$/M in',
    isNumber: true,
    sortBy: (endpoint) => number(priceOf(endpoint, 'prompt')),
    cell: (endpoint) => tokenPrice(endpoint, 'prompt'),
  },
  {
    id: 'completion',
    header: '$/M out',
    isNumber: true,
    sortBy: (endpoint) => number(priceOf(endpoint, 'completion')),
    cell: (endpoint) => tokenPrice(endpoint, 'completion'),
  },
  {
    id: 'context',
    header: 'Context',
    isNumber: true,
    sortBy: ({ context_length: length }) => length,
    cell: ({ context_length: length }) => (length === 0 ? '–' : compact(length)),
  },
  {
    id: 'latency',
    header: 'First token',
    isNumber: true,
    sortBy: ({ health }) => health.latency_last_30m?.p50 ?? null,
    cell: ({ health: { latency_last_30m: latency } }) => (latency === null ? '–' : duration(latency.p50)),
  },
  {
    id: 'throughput',
    header: 'Tokens/s',
    isNumber: true,
    sortBy: ({ health }) => health.throughput_last_30m?.p50 ?? null,
    cell: ({ health: { throughput_last_30m: throughput } }) => (throughput === null ? '–' : compact(throughput.p50)),
  },
  {
    id: 'uptime',
    header: 'Uptime 1 d',
    isNumber: true,
    isMinor: true,
    sortBy: ({ health }) => health.uptime_last_1d,
    cell: ({ health: { uptime_last_1d: uptime } }) => (uptime === null ? '–' : `${Math.round(uptime * 10) / 10}%`),
  },
]
