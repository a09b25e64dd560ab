import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { Reply } from '../../api/call.ts'
import { useCall } from '../../api/use-call.ts'
import { money } from '../../format/money.ts'
import { Badge } from '../../parts/badge.tsx'
import { Button } from '../../parts/button.tsx'
import { TextField } from '../../parts/field.tsx'
import { FormDialog } from '../../parts/form-dialog.tsx'
import { textOf } from '../../parts/form-values.ts'
import { Icon } from '../../parts/icon.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { Pager } from '../../parts/pager.tsx'
import { Panel } from '../../parts/panel.tsx'
import { type Column, Table } from '../../parts/table.tsx'
import { lastUsedColumn, spendColumns } from './usage-columns.tsx'

type Account = Reply<'GET /waygate/accounts'>['data'][number]

/** The API answers with this many accounts at a time. */
const pageSize = 100

/** The accounts of the gateway. An account exists when a key names it. */
export function Accounts() {
  const [offset, setOffset] = useState(0)
  const query = useCall('GET /waygate/accounts', { query: { offset } }, { keeps: true })
  const navigate = useNavigate()
  const [isNew, setNew] = useState(false)
  return (
    <Panel
      title="Accounts"
      isFlush
      actions={
        <Button look="solid" onClick={() => setNew(true)}>
          <Icon name="plus" />
          New account
        </Button>
      }
    >
      <Loaded query={query}>
        {({ data, total_count: total }) => (
          <>
            <Table
              label="Accounts"
              rows={data}
              columns={columns}
              keyOf={({ name }) => name}
              empty="There are no accounts."
            />
            <Pager offset={offset} total={total} pageSize={pageSize} onChange={setOffset} />
          </>
        )}
      </Loaded>
      {isNew && (
        <FormDialog
          title="New account"
          action="Go on to its keys"
          onClose={() => setNew(false)}
          onSubmit={(form) => navigate({ to: '/keys', search: { account: textOf(form, 'account'), tab: 'keys' } })}
        >
          <TextField
            label="Name"
            name="account"
            required
            maxLength={100}
            autoComplete="off"
            hint="The account exists from its first key on."
          />
        </FormDialog>
      )}
    </Panel>
  )
}

const columns: readonly Column<Account>[] = [
  {
    id: 'name',
    header: 'Account',
    sortBy: ({ name }) => name,
    cell: ({ name, log_content: isLogged }) => (
      <>
        <Link to="/keys" search={{ account: name, tab: 'keys' }} className="font-medium text-accent hover:underline">
          {name}
        </Link>{' '}
        {isLogged && <Badge tone="warn">logs content</Badge>}
      </>
    ),
  },
  {
    id: 'keys',
    header: 'Keys',
    isNumber: true,
    sortBy: ({ keys }) => keys,
    cell: ({ keys, disabled_keys: disabled }) => `${keys}${disabled > 0 ? ` (${disabled} disabled)` : ''}`,
  },
  {
    id: 'day',
    header: 'Today',
    isNumber: true,
    sortBy: ({ usage_daily: usage }) => usage,
    cell: ({ usage_daily: usage }) => money(usage),
  },
  ...spendColumns,
  {
    id: 'credits',
    header: 'Credits left',
    isNumber: true,
    sortBy: ({ credits }) => credits?.remaining ?? null,
    cell: ({ credits }) => (credits === null ? <span className="text-soft">no limit</span> : money(credits.remaining)),
  },
  lastUsedColumn,
]
