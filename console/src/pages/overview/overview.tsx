import { useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useMemo, useState } from 'react'
import { useAnalytics } from '../../api/analytics.ts'
import { fullTime } from '../../format/time.ts'
import { Checkbox } from '../../parts/field.tsx'
import { PageHeader } from '../../parts/panel.tsx'
import { Segments } from '../../parts/segments.tsx'
import { Breakdown } from './breakdown.tsx'
import { dimensionOf } from './dimension.ts'
import { Live } from './live.tsx'
import { shown, spend } from './measure.ts'
import { before, periodOf, ranges, usual } from './range.ts'
import { Tiles } from './tiles.tsx'
import { TimeChart } from './time-chart.tsx'

/** How often the sums are read again. */
const everyMs = 15_000

/** Where the money went, how much was asked, how fast and how well it was answered. */
export function OverviewPage() {
  const search = useSearch({ from: '/' })
  const navigate = useNavigate({ from: '/' })
  const range = ranges.find(({ value }) => value === search.range) ?? usual
  const measure = shown.find(({ name }) => name === search.metric) ?? spend
  const dimension = dimensionOf(search.by)
  const isCompared = search.compare === '1'
  const now = useNow()
  const period = useMemo(() => periodOf(range, now), [range, now])
  const earlier = useMemo(() => before(period), [period])
  const totals = useAnalytics({ period }, { everyMs })
  const earlierTotals = useAnalytics({ period: earlier })
  const choose = (changed: typeof search): void =>
    void navigate({ search: (current) => ({ ...current, ...changed }), replace: true })
  return (
    <>
      <PageHeader title="Overview">
        <Checkbox
          label="Compare"
          checked={isCompared}
          onChange={({ target }) => choose({ compare: target.checked ? '1' : undefined })}
        />
        <Segments label="Range" value={range.value} onChange={(value) => choose({ range: value })} options={ranges} />
      </PageHeader>
      <p className="sr-only">Since {fullTime(new Date(period.start).toISOString())}</p>
      <Tiles
        totals={totals}
        earlier={earlierTotals.data}
        chosen={measure}
        range={range}
        onChoose={({ name }) => choose({ metric: name })}
      />
      <TimeChart {...{ range, period, measure, dimension, isCompared, everyMs }} />
      <div className="mt-4 grid items-start gap-4 xl:grid-cols-[minmax(0,1fr)_22rem]">
        <Breakdown {...{ period, dimension, everyMs }} onChoose={(by) => choose({ by })} />
        <Live />
      </div>
    </>
  )
}

/** Returns the current time in whole minutes, and renders again each minute. */
function useNow(): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 60_000)
    return () => clearInterval(timer)
  }, [])
  return Math.floor(now / 60_000) * 60_000
}
