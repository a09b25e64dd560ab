import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { useAccount } from '../../account.ts'
import { call, type Input } from '../../api/call.ts'
import { type Generation, refreshMs, useLive } from '../../api/use-live.ts'
import { useThrottle } from '../../api/use-throttle.ts'
import { money } from '../../format/money.ts'
import { compact } from '../../format/number.ts'
import { duration, fullTime, shortTime } from '../../format/time.ts'
import { Button } from '../../parts/button.tsx'
import { Fault } from '../../parts/fault.tsx'
import { PageHeader, Panel } from '../../parts/panel.tsx'
import { Skeleton } from '../../parts/skeleton.tsx'
import { StatusBadge } from '../../parts/status-badge.tsx'
import { type Column, Table } from '../../parts/table.tsx'
import { Filters } from './filters.tsx'

type Query = NonNullable<Input<'GET /waygate/generations'>['query']>

const pageSize = 100

/** Every generation, newest first. The filters are part of the address. */
export function RequestsPage() {
  const search = useSearch({ from: '/requests' })
  const navigate = useNavigate({ from: '/requests' })
  const account = useAccount()
  const [isLive, setLive] = useState(false)
  const [news, setNews] = useState(0)
  const { account: _, failed, min_cost: minCost, ...texts } = search
  const filters: Query = {
    ...texts,
    ...(failed === 'true' && { failed }),
    ...(minCost !== undefined && { min_cost: Number(minCost) }),
  }
  const pages = useInfiniteQuery({
    queryKey: ['GET /waygate/generations', account, filters, 'pages'],
    queryFn: ({ pageParam, signal }) =>
      call('GET /waygate/generations', {
        query: { ...filters, limit: pageSize, ...(pageParam !== null && { cursor: pageParam }) },
        account,
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next_cursor: next }) => next,
  })
  const refresh = (): void => {
    setNews(0)
    void pages.refetch()
  }
  const refreshSoon = useThrottle(refresh, refreshMs)
  useLive(true, () => {
    if (isLive) refreshSoon()
    else setNews((count) => count + 1)
  })
  const rows = pages.data?.pages.flatMap(({ data }) => data) ?? []
  const searchedUntil = pages.data?.pages.at(-1)?.searched_until
  return (
    <>
      <PageHeader title="Requests">
        {news > 0 && !isLive && (
          <Button look="quiet" onClick={refresh}>
            {news} since then
          </Button>
        )}
        <Button
          aria-pressed={isLive}
          onClick={() => {
            setLive(!isLive)
            refresh()
          }}
        >
          <span aria-hidden="true" className={`size-2 rounded-full ${isLive ? 'bg-good' : 'bg-edge'}`} />
          {isLive ? 'Live' : 'Go live'}
        </Button>
      </PageHeader>
      <Filters
        filters={search}
        onChange={(changed) => void navigate({ search: (before) => ({ ...before, ...changed }), replace: true })}
        onClear={() => void navigate({ search: { account: search.account } })}
      />
      <Panel isFlush>
        {pages.error !== null && <Fault error={pages.error} onRetry={() => void pages.refetch()} />}
        {pages.isPending ? (
          <div className="px-4">
            <Skeleton lines={8} />
          </div>
        ) : (
          <Table
            label="Requests"
            rows={rows}
            columns={columns}
            keyOf={({ id }) => id}
            most={Infinity}
            empty={
              pages.hasNextPage && searchedUntil != null
                ? `Nothing found back to ${fullTime(searchedUntil)}.`
                : 'No request matches.'
            }
          />
        )}
        {pages.hasNextPage && (
          <div className="flex flex-wrap items-center gap-3 border-t border-line px-4 py-2">
            <Button isBusy={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
              Older
            </Button>
            {searchedUntil != null && <span className="text-soft">Searched back to {fullTime(searchedUntil)}.</span>}
          </div>
        )}
      </Panel>
    </>
  )
}

/** How a request ended, and what its client was told of a failure. */
function Result({ row }: { readonly row: Generation }) {
  const { error_message: message } = row
  return (
    <>
      <StatusBadge row={row} />
      {message !== null && (
        <p className="mt-0.5 max-w-64 truncate text-xs text-soft" title={message}>
          {message}
        </p>
      )}
    </>
  )
}

const columns: readonly Column<Generation>[] = [
  {
    id: 'time',
    header: 'Time',
    cell: ({ id, created_at: at }) => (
      <Link
        to="/requests/$id"
        params={{ id }}
        className="whitespace-nowrap text-accent tabular-nums hover:underline"
        title={fullTime(at)}
      >
        {shortTime(at)}
      </Link>
    ),
  },
  {
    id: 'model',
    header: 'Model',
    cell: ({ model, requested_model: requested, operation }) => (
      <span className="block min-w-28 break-words">
        {model || requested || '(no model)'}
        {operation !== 'chat' && <span className="text-soft"> · {operation}</span>}
      </span>
    ),
  },
  { id: 'provider', header: 'Provider', cell: ({ provider_name: name }) => name ?? '–' },
  { id: 'status', header: 'Result', cell: (row) => <Result row={row} /> },
  {
    id: 'tokens',
    header: 'Tokens in / out',
    isNumber: true,
    cell: ({ tokens_prompt: prompt, tokens_completion: completion }) =>
      `${prompt === null ? '–' : compact(prompt)} / ${completion === null ? '–' : compact(completion)}`,
  },
  { id: 'cost', header: 'Cost', isNumber: true, cell: ({ cost }) => money(cost) },
  {
    id: 'latency',
    header: 'First token',
    isNumber: true,
    cell: ({ latency }) => (latency === null ? '–' : duration(latency)),
  },
  { id: 'total', header: 'In all', isNumber: true, cell: ({ generation_time: ms }) => duration(ms) },
  {
    id: 'key',
    header: 'Key',
    isMinor: true,
    cell: ({ key }) => <span className="whitespace-nowrap">{key.name ?? 'deleted'}</span>,
  },
  { id: 'user', header: 'User', isMinor: true, cell: ({ user }) => user ?? '–' },
  { id: 'app', header: 'App', isMinor: true, cell: ({ app }) => app ?? '–' },
]
