import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { useAccount } from '../../account.ts'
import { call } from '../../api/call.ts'
import { useChange } from '../../api/use-call.ts'
import { money } from '../../format/money.ts'
import { isPast } from '../../format/time.ts'
import { Badge } from '../../parts/badge.tsx'
import { Button } from '../../parts/button.tsx'
import { Confirm } from '../../parts/confirm.tsx'
import { Fault } from '../../parts/fault.tsx'
import { TextField } from '../../parts/field.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Panel } from '../../parts/panel.tsx'
import { Skeleton } from '../../parts/skeleton.tsx'
import { type Column, Table } from '../../parts/table.tsx'
import { EditKey } from './edit-key.tsx'
import type { Key } from './key.ts'
import { NewKey } from './new-key.tsx'
import { lastUsedColumn, spendColumns } from './usage-columns.tsx'

/** The API answers with this many keys at a time (contract §8.A8). */
const pageSize = 100

type Open = { readonly type: 'new' } | { readonly type: 'edit' | 'delete'; readonly key: Key } | null

/** The keys of the account, with what they have left. */
export function KeyList() {
  const account = useAccount()
  const [open, setOpen] = useState<Open>(null)
  const [search, setSearch] = useState('')
  const update = useChange('PATCH /keys/{hash}', ['GET /keys'])
  const remove = useChange('DELETE /keys/{hash}', ['GET /keys'])
  const pages = useInfiniteQuery({
    queryKey: ['GET /keys', account, 'pages'],
    queryFn: ({ pageParam, signal }) =>
      call('GET /keys', {
        query: { offset: pageParam, include_disabled: 'true', include_expired: 'true' },
        account,
        signal,
      }),
    initialPageParam: 0,
    getNextPageParam: ({ data }, all) => (data.length < pageSize ? undefined : all.length * pageSize),
  })
  const keys = pages.data?.pages.flatMap(({ data }) => data)
  const found = useMemo(
    () => (keys ?? []).filter(({ name, label }) => `${name} ${label}`.toLowerCase().includes(search.toLowerCase())),
    [keys, search],
  )
  const columns = useMemo(
    () =>
      columnsOf({
        edit: (key) => setOpen({ type: 'edit', key }),
        remove: (key) => setOpen({ type: 'delete', key }),
        toggle: ({ hash, disabled }) => update.mutate({ path: { hash }, body: { disabled: !disabled } }),
      }),
    [update],
  )
  const error = pages.error ?? update.error
  return (
    <Panel
      title="Keys"
      isFlush
      actions={
        <>
          <TextField
            label="Search keys"
            isBare
            type="search"
            placeholder="Search"
            className="w-40"
            onChange={({ target }) => setSearch(target.value)}
          />
          <Button look="solid" onClick={() => setOpen({ type: 'new' })}>
            <Icon name="plus" />
            New key
          </Button>
        </>
      }
    >
      {error !== null && <Fault error={error} />}
      {keys === undefined ? (
        <div className="px-4">{pages.error === null && <Skeleton lines={6} />}</div>
      ) : (
        <Table
          label="Keys"
          rows={found}
          columns={columns}
          keyOf={({ hash }) => hash}
          most={Infinity}
          empty={keys.length === 0 ? 'The account has no keys yet.' : 'No key matches.'}
        />
      )}
      {pages.hasNextPage && (
        <div className="border-t border-line px-4 py-2">
          <Button isBusy={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
            More keys
          </Button>
        </div>
      )}
      {open?.type === 'new' && <NewKey onClose={() => setOpen(null)} />}
      {open?.type === 'edit' && <EditKey apiKey={open.key} onClose={() => setOpen(null)} />}
      {open?.type === 'delete' && (
        <Confirm
          title={`Revoke ${open.key.name}?`}
          action="Revoke the key"
          onConfirm={() => remove.mutateAsync({ path: { hash: open.key.hash } })}
          onClose={() => setOpen(null)}
        >
          <p>
            Requests with this key are refused at once. The key cannot be brought back; what it spent stays in the
            books.
          </p>
        </Confirm>
      )}
    </Panel>
  )
}

interface Actions {
  readonly edit: (key: Key) => void
  readonly remove: (key: Key) => void
  readonly toggle: (key: Key) => void
}

const columnsOf = ({ edit, remove, toggle }: Actions): readonly Column<Key>[] => [
  {
    id: 'name',
    header: 'Name',
    sortBy: ({ name }) => name,
    cell: ({ hash, name, label }) => (
      <span className="block min-w-32">
        <Link to="/requests" search={{ key: hash }} className="font-medium hover:underline">
          {name}
        </Link>
        <span className="block font-mono text-xs text-soft">{label}</span>
      </span>
    ),
  },
  { id: 'state', header: 'State', cell: (key) => <State apiKey={key} /> },
  ...spendColumns,
  {
    id: 'left',
    header: 'Left',
    isNumber: true,
    sortBy: ({ limit_remaining: left }) => left,
    cell: (key) => <Left apiKey={key} />,
  },
  lastUsedColumn,
  {
    id: 'actions',
    header: <span className="sr-only">Actions</span>,
    cell: (key) => (
      <span className="flex justify-end gap-1">
        <Button look="quiet" className="h-7 px-2" aria-label={`Edit ${key.name}`} onClick={() => edit(key)}>
          Edit
        </Button>
        <Button
          look="quiet"
          className="h-7 px-2"
          aria-label={`${key.disabled ? 'Enable' : 'Disable'} ${key.name}`}
          onClick={() => toggle(key)}
        >
          {key.disabled ? 'Enable' : 'Disable'}
        </Button>
        <Button
          look="quiet"
          className="h-7 px-2 text-bad!"
          aria-label={`Revoke ${key.name}`}
          onClick={() => remove(key)}
        >
          Revoke
        </Button>
      </span>
    ),
  },
]

function State({ apiKey: { disabled, expires_at: expires, limit_remaining: left } }: { readonly apiKey: Key }) {
  if (disabled) return <Badge tone="warn">disabled</Badge>
  if (expires !== null && isPast(expires)) return <Badge tone="warn">expired</Badge>
  if (left !== null && left <= 0) return <Badge tone="bad">used up</Badge>
  return (
    <>
      <Badge tone="good">active</Badge>
      {expires !== null && <span className="block text-xs text-soft">until {expires.slice(0, 10)}</span>}
    </>
  )
}

function Left({ apiKey: { limit, limit_remaining: left, limit_reset: reset } }: { readonly apiKey: Key }) {
  if (limit === null || left === null) return <span className="text-soft">no limit</span>
  const share = limit === 0 ? 0 : Math.max(0, Math.min(1, left / limit))
  return (
    <span className="inline-block min-w-24">
      {money(left)} <span className="text-xs text-soft">of {money(limit)}</span>
      <span aria-hidden="true" className="mt-0.5 block h-1 overflow-hidden rounded bg-sunken">
        <span
          className={`block h-full ${share < 0.1 ? 'bg-bad' : 'bg-series-2'}`}
          style={{ width: `${share * 100}%` }}
        />
      </span>
      {reset !== null && <span className="text-xs text-soft">{reset}</span>}
    </span>
  )
}
