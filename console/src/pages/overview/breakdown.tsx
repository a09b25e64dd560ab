import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { numberIn, type Period, textIn, useAnalytics } from '../../api/analytics.ts'
import { money } from '../../format/money.ts'
import { compact, percent } from '../../format/number.ts'
import { duration } from '../../format/time.ts'
import { Loaded } from '../../parts/loaded.tsx'
import { Panel } from '../../parts/panel.tsx'
import { Segments } from '../../parts/segments.tsx'
import { type Column, Table } from '../../parts/table.tsx'
import { dimensions, nameOf, type ShownDimension } from './dimension.ts'

type Row = Readonly<Record<string, unknown>>

interface BreakdownProps {
  readonly period: Period
  readonly dimension: ShownDimension
  readonly everyMs: number
  readonly onChoose: (dimension: ShownDimension['value']) => void
}

/** The sums by model, provider, key, app or user. Each leads to its requests. */
export function Breakdown({ period, dimension, everyMs, onChoose }: BreakdownProps) {
  const query = useAnalytics({ period, dimension: dimension.value }, { everyMs })
  const rows = query.data?.data.data
  const largest = Math.max(...(rows ?? []).map((row) => numberIn(row, 'total_usage') ?? 0), 0)
  const columns = useMemo(() => columnsOf(dimension, largest, period), [dimension, largest, period])
  return (
    <Panel
      title="Breakdown"
      isFlush
      actions={<Segments label="By" value={dimension.value} onChange={onChoose} options={dimensions} />}
    >
      <Loaded query={query} lines={5}>
        {({ data: { data } }) => (
          <Table
            label={`Sums by ${dimension.label.toLowerCase()}`}
            rows={data}
            columns={columns}
            keyOf={(row) => textIn(row, dimension.value) ?? '(none)'}
            sorted={{ id: 'total_usage', desc: true }}
            empty="There were no requests in this time."
            most={20}
          />
        )}
      </Loaded>
    </Panel>
  )
}

function columnsOf(dimension: ShownDimension, largest: number, period: Period): readonly Column<Row>[] {
  const number = (id: string, header: string, format: (value: number) => string, isMinor = false): Column<Row> => ({
    id,
    header,
    isNumber: true,
    isMinor,
    sortBy: (row) => numberIn(row, id),
    cell: (row) => {
      const value = numberIn(row, id)
      return value === null ? '–' : format(value)
    },
  })
  return [
    {
      id: 'name',
      header: dimension.label,
      sortBy: (row) => nameOf(row, dimension),
      cell: (row) => {
        const value = textIn(row, dimension.value)
        const share = largest === 0 ? 0 : (numberIn(row, 'total_usage') ?? 0) / largest
        return (
          <div className="min-w-36">
            {value === null ? (
              <span className="text-soft">{nameOf(row, dimension)}</span>
            ) : (
              <Link
                to="/requests"
                search={{ [dimension.filter]: value, since: new Date(period.start).toISOString() }}
                className="hover:underline"
              >
                {nameOf(row, dimension)}
              </Link>
            )}
            {share > 0 && (
              <div
                className="mt-0.5 h-0.5 rounded bg-series-1/70"
                style={{ width: `${Math.max(share * 100, 0.5)}%` }}
              />
            )}
          </div>
        )
      },
    },
    number('total_usage', 'Spend', money),
    number('request_count', 'Requests', compact),
    number('tokens_total', 'Tokens', compact),
    number('error_rate', 'Errors', percent),
    number('time_to_first_token_p50', 'First token p50', duration),
    number('time_to_first_token_p95', 'p95', duration, true),
    number('throughput', 'Tokens/s', compact, true),
    number('cache_hit_rate', 'Cache hits', percent, true),
  ]
}
