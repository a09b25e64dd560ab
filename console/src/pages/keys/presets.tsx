import { useState } from 'react'
import type { Reply } from '../../api/call.ts'
import { useCall, useChange } from '../../api/use-call.ts'
import { ago, fullTime } from '../../format/time.ts'
import { Badge } from '../../parts/badge.tsx'
import { Button } from '../../parts/button.tsx'
import { CodeBlock } from '../../parts/code-block.tsx'
import { TextArea, TextField } from '../../parts/field.tsx'
import { FormDialog } from '../../parts/form-dialog.tsx'
import { textOf } from '../../parts/form-values.ts'
import { Icon } from '../../parts/icon.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { Pager } from '../../parts/pager.tsx'
import { Panel } from '../../parts/panel.tsx'
import { type Column, Table } from '../../parts/table.tsx'

const listing = 'GET /presets'
const reading = 'GET /presets/{slug}'
const pageSize = 100
type Preset = Reply<typeof listing>['data'][number]

/** The presets of the account: settings under a name, which requests use as `@preset/NAME`. */
export function Presets() {
  const [offset, setOffset] = useState(0)
  const query = useCall(listing, { query: { offset, limit: pageSize } }, { keeps: true })
  const [isNew, setNew] = useState(false)
  return (
    <Panel
      title="Presets"
      isFlush
      actions={
        <Button look="solid" onClick={() => setNew(true)}>
          <Icon name="plus" />
          New version
        </Button>
      }
    >
      <Loaded query={query}>
        {({ data, total_count: total }) => (
          <>
            <Table
              label="Presets"
              rows={data}
              columns={columns}
              keyOf={({ slug }) => slug}
              empty="The account has no presets."
              detail={({ slug }) => <Version slug={slug} />}
            />
            <Pager offset={offset} total={total} pageSize={pageSize} onChange={setOffset} />
          </>
        )}
      </Loaded>
      {isNew && <NewVersion onClose={() => setNew(false)} />}
    </Panel>
  )
}

/** The version that requests use. */
function Version({ slug }: { readonly slug: string }) {
  const query = useCall(reading, { path: { slug } })
  return (
    <div className="p-4">
      <Loaded query={query}>
        {({ data: { designated_version: version } }) =>
          version === null ? (
            <p className="text-soft">No version is in use.</p>
          ) : (
            <>
              <p className="mb-2 text-soft">
                Version {version.version}, of {fullTime(version.created_at)}
              </p>
              <CodeBlock
                label={`Settings of ${slug}`}
                text={JSON.stringify({ ...version.config, system_prompt: version.system_prompt ?? undefined }, null, 2)}
              />
            </>
          )
        }
      </Loaded>
    </div>
  )
}

/** Stores settings as a preset, or as the next version of one: the body of a chat request, as the API takes it. */
function NewVersion({ onClose }: { readonly onClose: () => void }) {
  const create = useChange('POST /presets/{slug}/chat/completions', [listing, reading])
  const submit = async (form: FormData): Promise<void> => {
    await create.mutateAsync({ path: { slug: textOf(form, 'slug') }, body: JSON.parse(textOf(form, 'body')) })
    onClose()
  }
  return (
    <FormDialog title="New version of a preset" action="Store it" onSubmit={submit} onClose={onClose}>
      <TextField
        label="Name"
        name="slug"
        required
        spellCheck={false}
        autoComplete="off"
        hint="A preset of that name gets a new version, which requests then use."
      />
      <TextArea
        label="Settings"
        name="body"
        required
        rows={8}
        spellCheck={false}
        defaultValue={
          '{\n  "model": "author/model",\n  "messages": [{ "role": "system", "content": "You are …" }],\n  "temperature": 0.2\n}'
        }
        hint="The body of a chat request, as JSON."
      />
    </FormDialog>
  )
}

const columns: readonly Column<Preset>[] = [
  {
    id: 'slug',
    header: 'Preset',
    sortBy: ({ slug }) => slug,
    cell: ({ slug, name, description }) => (
      <>
        <span className="font-medium">{name}</span>
        <span className="block text-xs text-soft">
          @preset/{slug}
          {description !== null && ` · ${description}`}
        </span>
      </>
    ),
  },
  {
    id: 'status',
    header: 'State',
    cell: ({ status }) => <Badge tone={status === 'active' ? 'good' : 'warn'}>{status}</Badge>,
  },
  {
    id: 'updated',
    header: 'Changed',
    sortBy: ({ updated_at: at }) => at,
    cell: ({ updated_at: at }) => <span title={fullTime(at)}>{ago(at)}</span>,
  },
]
