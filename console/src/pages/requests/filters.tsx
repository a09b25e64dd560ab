import { type SyntheticEvent, useId, useMemo, useState } from 'react'
import { type Dimension, textIn, useAnalytics } from '../../api/analytics.ts'
import { useCall } from '../../api/use-call.ts'
import { Button } from '../../parts/button.tsx'
import { Checkbox, Select, TextField } from '../../parts/field.tsx'
import { textOf } from '../../parts/form-values.ts'

/** The filters, as they stand in the address. */
export interface FilterValues {
  readonly model?: string | undefined
  readonly provider?: string | undefined
  readonly key?: string | undefined
  readonly user?: string | undefined
  readonly session?: string | undefined
  readonly app?: string | undefined
  readonly operation?: string | undefined
  readonly failed?: string | undefined
  readonly min_cost?: string | undefined
  readonly since?: string | undefined
  readonly until?: string | undefined
}

interface FiltersProps {
  readonly filters: FilterValues
  readonly onChange: (changed: FilterValues) => void
  readonly onClear: () => void
}

const day = 86_400_000

/** The filters of the page. A text counts when Enter is pressed, or the field is left. */
export function Filters({ filters, onChange, onClear }: FiltersProps) {
  const keys = useCall('GET /keys', { query: { include_disabled: 'true', include_expired: 'true' } })
  const names = Object.entries(filters).filter(([name, value]) => name !== 'account' && value !== undefined)
  const [isOpen, setOpen] = useState(false)
  const text = (name: keyof FilterValues, label: string, dimension?: Dimension) => (
    <TextFilter
      key={`${name}=${filters[name] ?? ''}`}
      label={label}
      value={filters[name] ?? ''}
      dimension={dimension}
      onChange={(value) => onChange({ [name]: value })}
    />
  )
  return (
    <div className="mb-3">
      <div className="mb-2 flex flex-wrap items-center gap-3 md:hidden">
        <Button aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          Filters{names.length > 0 && ` (${names.length})`}
        </Button>
      </div>
      <div className={`${isOpen ? 'grid' : 'hidden'} grid-cols-2 gap-2 md:grid md:grid-cols-4 xl:grid-cols-8`}>
        {text('model', 'Model', 'model')}
        {text('provider', 'Provider', 'provider')}
        <Select
          label="Key"
          value={filters.key ?? ''}
          onChange={({ target }) => onChange({ key: target.value || undefined })}
        >
          <option value="">All keys</option>
          {(keys.data?.data ?? []).map(({ hash, name }) => (
            <option key={hash} value={hash}>
              {name}
            </option>
          ))}
          {filters.key !== undefined && keys.data?.data.every(({ hash }) => hash !== filters.key) === true && (
            <option value={filters.key}>{filters.key.slice(0, 8)}… (deleted)</option>
          )}
        </Select>
        {text('user', 'User', 'user')}
        {text('app', 'App', 'app')}
        {text('session', 'Session')}
        <TextFilter
          key={`min_cost=${filters.min_cost ?? ''}`}
          label="Cost from (USD)"
          type="number"
          value={filters.min_cost ?? ''}
          onChange={(value) => onChange({ min_cost: value })}
        />
        <Select
          label="Since"
          value={filters.since ?? ''}
          onChange={({ target }) => onChange({ since: target.value || undefined })}
        >
          <option value="">Always</option>
          {sinceOptions(filters.since).map(({ value, label }) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </Select>
      </div>
      <div className="mt-2 flex flex-wrap items-center gap-x-4 gap-y-1">
        <Checkbox
          label="Failed only"
          checked={filters.failed === 'true'}
          onChange={({ target }) => onChange({ failed: target.checked ? 'true' : undefined })}
        />
        {names.length > 0 && (
          <Button look="quiet" className="h-7" onClick={onClear}>
            Clear the filters
          </Button>
        )}
      </div>
    </div>
  )
}

/** Stretches of time back from the beginning of this hour, and the one of the address. */
function sinceOptions(chosen: string | undefined): readonly { readonly value: string; readonly label: string }[] {
  const hour = Math.floor(Date.now() / 3_600_000) * 3_600_000
  const options = [
    { value: new Date(hour).toISOString(), label: 'This hour' },
    { value: new Date(hour - day).toISOString(), label: 'Last 24 hours' },
    { value: new Date(hour - 7 * day).toISOString(), label: 'Last 7 days' },
    { value: new Date(hour - 30 * day).toISOString(), label: 'Last 30 days' },
  ]
  if (chosen === undefined || options.some(({ value }) => value === chosen)) return options
  return [...options, { value: chosen, label: chosen.slice(0, 16).replace('T', ' ') }]
}

interface TextFilterProps {
  readonly label: string
  readonly value: string
  readonly type?: 'text' | 'number'
  /** What it suggests: the values that requests of the last month had. */
  readonly dimension?: Dimension | undefined
  readonly onChange: (value: string | undefined) => void
}

function TextFilter({ label, value, type = 'text', dimension, onChange }: TextFilterProps) {
  const list = useId()
  const [isUsed, setUsed] = useState(false)
  const [end] = useState(() => Math.ceil(Date.now() / 3_600_000) * 3_600_000)
  const period = useMemo(() => ({ start: end - 30 * day, end }), [end])
  const suggestions = useAnalytics(
    { period, dimension: dimension ?? 'model', measures: ['request_count'] },
    { enabled: isUsed && dimension !== undefined },
  )
  const apply = (text: string): void => {
    const next = text.trim() || undefined
    if ((next ?? '') !== value) onChange(next)
  }
  return (
    <form
      onSubmit={(event: SyntheticEvent<HTMLFormElement>) => {
        event.preventDefault()
        apply(textOf(new FormData(event.currentTarget), 'value'))
      }}
    >
      <TextField
        label={label}
        name="value"
        type={type}
        {...(type === 'number' && { min: 0, step: 'any' })}
        defaultValue={value}
        placeholder="any"
        spellCheck={false}
        autoComplete="off"
        {...(dimension !== undefined && { list })}
        onFocus={() => setUsed(true)}
        onBlur={({ currentTarget }) => apply(currentTarget.value)}
      />
      {dimension !== undefined && (
        <datalist id={list}>
          {(suggestions.data?.data.data ?? []).map((row) => (
            <option key={textIn(row, dimension) ?? ''}>{textIn(row, dimension)}</option>
          ))}
        </datalist>
      )}
    </form>
  )
}
