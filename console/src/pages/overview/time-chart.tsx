import { lazy, Suspense, useMemo } from 'react'
import { type Measure, numberIn, type Period, textIn, useAnalytics } from '../../api/analytics.ts'
import type { Series } from '../../parts/chart.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { Skeleton } from '../../parts/skeleton.tsx'
import { nameOf, type ShownDimension } from './dimension.ts'
import type { Shown } from './measure.ts'
import { before, type Range, stepsOf } from './range.ts'

const Chart = lazy(() => import('../../parts/chart.tsx'))

/** How many lines a chart has at most. */
const mostLines = 5

interface TimeChartProps {
  readonly range: Range
  readonly period: Period
  readonly measure: Shown
  readonly dimension: ShownDimension
  readonly isCompared: boolean
  readonly everyMs: number
}

type Rows = readonly Readonly<Record<string, unknown>>[]

/** The chosen measure over time: beside the time before, or else with a line for each of the largest parts. */
export function TimeChart({ range, period, measure, dimension, isCompared, everyMs }: TimeChartProps) {
  const { granularity } = range
  const earlier = useMemo(() => before(period), [period])
  const measures = useMemo(
    () => [measure.name, ...(measure.beside === undefined ? [] : [measure.beside.name])],
    [measure],
  )
  const whole = useAnalytics({ period, granularity, measures }, { everyMs })
  const wholeBefore = useAnalytics({ period: earlier, granularity, measures }, { enabled: isCompared })
  const parts = useAnalytics(
    { period, granularity, measures: [measure.name], dimension: dimension.value },
    { everyMs, enabled: !isCompared },
  )
  const steps = useMemo(() => stepsOf(period, granularity), [period, granularity])
  const times = useMemo(() => steps.map((at) => at / 1000), [steps])
  const series = useMemo((): readonly Series[] => {
    const line = (rows: Rows, name: Measure, at: readonly number[] = steps): (number | null)[] =>
      valuesAt(rows, name, at, measure.isSum)
    const rows = whole.data?.data.data ?? []
    const all = { label: measure.label, values: line(rows, measure.name), color: 'series-1', isFilled: true }
    const beside =
      measure.beside === undefined
        ? []
        : [{ label: measure.beside.label, values: line(rows, measure.beside.name), color: 'series-3' }]
    if (isCompared) {
      const values = line(wholeBefore.data?.data.data ?? [], measure.name, stepsOf(earlier, granularity))
      return [all, ...beside, { label: 'Before', values, color: 'series-6', isDashed: true }]
    }
    const largest = largestParts(parts.data?.data.data ?? [], dimension, measure.name)
    const lines = largest.map(({ label, rows }, index) => ({
      label,
      values: line(rows, measure.name),
      color: `series-${index + 2}`,
    }))
    return [
      { ...all, label: lines.length === 0 ? measure.label : 'All' },
      ...beside,
      ...(beside.length > 0 || lines.length < 2 ? [] : lines),
    ]
  }, [whole.data, wholeBefore.data, parts.data, steps, measure, isCompared, earlier, granularity, dimension])
  return (
    <section
      aria-label={`${measure.label} over time`}
      className="rounded-b-lg border border-t-0 border-line bg-panel px-2 pt-3 pb-2"
    >
      <Loaded query={whole} lines={8}>
        {() => (
          <Suspense fallback={<Skeleton lines={8} />}>
            <Chart label={`${measure.label}, ${range.words}`} times={times} series={series} format={measure.format} />
          </Suspense>
        )}
      </Loaded>
    </section>
  )
}

/** Returns the value of each step. Steps without requests are 0 where the measure is a sum; steps to come are left out. */
function valuesAt(rows: Rows, name: Measure, steps: readonly number[], isSum: boolean): (number | null)[] {
  const values = new Map(rows.map((row) => [Date.parse(textIn(row, 'date') ?? ''), numberIn(row, name)]))
  const now = Date.now()
  return steps.map((at) => (at > now ? null : (values.get(at) ?? (isSum ? 0 : null))))
}

/** Groups rows by their part, and returns the parts with the most of the measure. */
function largestParts(rows: Rows, dimension: ShownDimension, measure: Measure) {
  const groups = new Map<string, { label: string; sum: number; rows: Readonly<Record<string, unknown>>[] }>()
  for (const row of rows) {
    const label = nameOf(row, dimension)
    const group = groups.get(label) ?? { label, sum: 0, rows: [] }
    group.rows.push(row)
    group.sum += numberIn(row, measure) ?? 0
    groups.set(label, group)
  }
  return [...groups.values()].toSorted((one, other) => other.sum - one.sum).slice(0, mostLines - 1)
}
