import { useMemo, useState } from 'react'
import type { Reply } from '../../api/call.ts'
import { useCall, useChange } from '../../api/use-call.ts'
import { Badge } from '../../parts/badge.tsx'
import { Button } from '../../parts/button.tsx'
import { Confirm } from '../../parts/confirm.tsx'
import { Fault } from '../../parts/fault.tsx'
import { Checkbox, TextField } from '../../parts/field.tsx'
import { FormDialog } from '../../parts/form-dialog.tsx'
import { listOf, textOf } from '../../parts/form-values.ts'
import { Icon } from '../../parts/icon.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { Pager } from '../../parts/pager.tsx'
import { Panel } from '../../parts/panel.tsx'
import { type Column, Table } from '../../parts/table.tsx'

type ProviderKey = Reply<'GET /byok'>['data'][number]

const listing = 'GET /byok'
const pageSize = 100

/** The keys that the account brought for providers. They are encrypted at rest, and never shown again. */
export function ProviderKeys() {
  const [offset, setOffset] = useState(0)
  const query = useCall(listing, { query: { offset, limit: pageSize } }, { keeps: true })
  const update = useChange('PATCH /byok/{id}', [listing])
  const remove = useChange('DELETE /byok/{id}', [listing])
  const [isNew, setNew] = useState(false)
  const [removed, setRemoved] = useState<ProviderKey | null>(null)
  const columns = useMemo(
    () => columnsOf(({ id, disabled }) => update.mutate({ path: { id }, body: { disabled: !disabled } }), setRemoved),
    [update],
  )
  return (
    <Panel
      title="Provider keys"
      isFlush
      actions={
        <Button look="solid" onClick={() => setNew(true)}>
          <Icon name="plus" />
          Add a key
        </Button>
      }
    >
      {update.error !== null && <Fault error={update.error} />}
      <Loaded query={query}>
        {({ data, total_count: total }) => (
          <>
            <Table
              label="Provider keys"
              rows={data}
              columns={columns}
              keyOf={({ id }) => id}
              empty="The account has brought no keys. With one, its requests to that provider are charged to the account there."
            />
            <Pager offset={offset} total={total} pageSize={pageSize} onChange={setOffset} />
          </>
        )}
      </Loaded>
      {isNew && <NewProviderKey onClose={() => setNew(false)} />}
      {removed !== null && (
        <Confirm
          title={`Delete ${removed.name ?? removed.label}?`}
          action="Delete the key"
          onConfirm={() => remove.mutateAsync({ path: { id: removed.id } })}
          onClose={() => setRemoved(null)}
        >
          <p>The key is wiped, and requests go on with the keys of the gateway.</p>
        </Confirm>
      )}
    </Panel>
  )
}

function NewProviderKey({ onClose }: { readonly onClose: () => void }) {
  const create = useChange('POST /byok', [listing])
  const submit = async (form: FormData): Promise<void> => {
    const name = textOf(form, 'name')
    const models = listOf(form, 'models')
    await create.mutateAsync({
      body: {
        provider: textOf(form, 'provider'),
        key: textOf(form, 'key'),
        ...(name !== '' && { name }),
        is_fallback: form.get('is_fallback') !== null,
        ...(models.length > 0 && { allowed_models: models }),
      },
    })
    create.reset()
    onClose()
  }
  return (
    <FormDialog title="Add a provider key" action="Add the key" onSubmit={submit} onClose={onClose}>
      <TextField
        label="Provider"
        name="provider"
        required
        placeholder="openai"
        spellCheck={false}
        hint="Its slug, as on the page of providers."
      />
      <TextField label="Key" name="key" type="password" required autoComplete="off" spellCheck={false} />
      <TextField label="Name" name="name" maxLength={255} autoComplete="off" />
      <TextField
        label="Only for models"
        name="models"
        placeholder="all"
        spellCheck={false}
        hint="Slugs, with commas."
      />
      <Checkbox label="Only after the keys of the gateway" name="is_fallback" />
    </FormDialog>
  )
}

const columnsOf = (
  toggle: (key: ProviderKey) => void,
  remove: (key: ProviderKey) => void,
): readonly Column<ProviderKey>[] => [
  { id: 'provider', header: 'Provider', sortBy: ({ provider }) => provider, cell: ({ provider }) => provider },
  {
    id: 'name',
    header: 'Key',
    cell: ({ name, label }) => (
      <>
        {name}
        <span className="block font-mono text-xs text-soft">{label}</span>
      </>
    ),
  },
  {
    id: 'state',
    header: 'State',
    cell: ({ disabled, is_fallback: isFallback }) => (
      <>
        <Badge tone={disabled ? 'warn' : 'good'}>{disabled ? 'disabled' : 'active'}</Badge>{' '}
        {isFallback && <Badge>fallback</Badge>}
      </>
    ),
  },
  {
    id: 'models',
    header: 'Models',
    cell: ({ allowed_models: models }) => (models === null ? 'all' : models.join(', ')),
  },
  {
    id: 'actions',
    header: <span className="sr-only">Actions</span>,
    cell: (key) => (
      <span className="flex justify-end gap-1">
        <Button look="quiet" className="h-7 px-2" onClick={() => toggle(key)}>
          {key.disabled ? 'Enable' : 'Disable'}
        </Button>
        <Button look="quiet" className="h-7 px-2 text-bad!" onClick={() => remove(key)}>
          Delete
        </Button>
      </span>
    ),
  },
]
