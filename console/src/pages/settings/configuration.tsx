import { useMemo, useState } from 'react'
import type { Reply } from '../../api/call.ts'
import { useCall, useChange } from '../../api/use-call.ts'
import { Badge } from '../../parts/badge.tsx'
import { Button } from '../../parts/button.tsx'
import { Fault } from '../../parts/fault.tsx'
import { Checkbox, TextField } from '../../parts/field.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { Panel } from '../../parts/panel.tsx'
import { type Column, Table } from '../../parts/table.tsx'

const reading = 'GET /waygate/configuration'
type Value = Reply<typeof reading>['data']['values'][number]

/** The configuration as it runs, with where each value comes from. Secrets are masked by the gateway. */
export function Configuration() {
  const query = useCall(reading)
  const reload = useChange('POST /waygate/configuration/reload', [
    reading,
    'GET /waygate/endpoints',
    'GET /waygate/status',
  ])
  const [search, setSearch] = useState('')
  const [isSetOnly, setSetOnly] = useState(false)
  const outcome = reload.data?.data
  return (
    <Panel
      title="Configuration"
      isFlush
      actions={
        <Button isBusy={reload.isPending} onClick={() => reload.mutate({})}>
          Reload the file
        </Button>
      }
    >
      {reload.error !== null && (
        <div className="px-4">
          <Fault error={reload.error} />
        </div>
      )}
      {outcome !== undefined && (
        <div role="status" className="border-b border-line px-4 py-2">
          {outcome.outcome === 'refused' ? (
            <>
              <p className="font-medium text-bad">
                The file was refused, and the configuration before it stays in use.
              </p>
              <ul className="list-disc pl-5 text-bad">
                {outcome.problems.map((problem) => (
                  <li key={problem}>{problem}</li>
                ))}
              </ul>
            </>
          ) : outcome.outcome === 'reloaded' ? (
            <p className="text-good">Reloaded. Changed: {outcome.changed.join(', ')}.</p>
          ) : (
            <p className="text-soft">Nothing has changed.</p>
          )}
        </div>
      )}
      <Loaded query={query} lines={10}>
        {({ data }) => (
          <>
            <div className="flex flex-wrap items-center gap-x-4 gap-y-2 border-b border-line px-4 py-2">
              <TextField
                label="Search the configuration"
                isBare
                type="search"
                placeholder="Search keys and values"
                className="w-64"
                onChange={({ target }) => setSearch(target.value.toLowerCase())}
              />
              <Checkbox
                label="Only what is set"
                checked={isSetOnly}
                onChange={({ target }) => setSetOnly(target.checked)}
              />
              <span className="ml-auto text-xs break-all text-soft">{data.file ?? 'There is no file.'}</span>
            </div>
            <Values values={data.values} search={search} isSetOnly={isSetOnly} />
          </>
        )}
      </Loaded>
    </Panel>
  )
}

function Values({
  values,
  search,
  isSetOnly,
}: {
  readonly values: readonly Value[]
  readonly search: string
  readonly isSetOnly: boolean
}) {
  const rows = useMemo(
    () =>
      values.filter(
        ({ path, value, source }) =>
          (!isSetOnly || source.from !== 'default') && `${path} ${textOf(value)}`.toLowerCase().includes(search),
      ),
    [values, search, isSetOnly],
  )
  return (
    <Table
      label="Values"
      rows={rows}
      columns={columns}
      keyOf={({ path }) => path}
      empty="Nothing matches."
      most={200}
    />
  )
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

const columns: readonly Column<Value>[] = [
  { id: 'path', header: 'Key', cell: ({ path }) => <code className="font-mono text-xs break-all">{path}</code> },
  {
    id: 'value',
    header: 'Value',
    cell: ({ value }) => <code className="font-mono text-xs break-all">{textOf(value)}</code>,
  },
  { id: 'source', header: 'From', cell: ({ source }) => <Source source={source} /> },
]

function Source({ source }: { readonly source: Value['source'] }) {
  switch (source.from) {
    case 'default':
      return <span className="text-soft">default</span>
    case 'file':
      return <Badge tone="accent">line {source.line}</Badge>
    case 'environment':
      return <Badge tone="good">{source.variable}</Badge>
    case 'command-line':
      return <Badge tone="warn">command line</Badge>
  }
}
