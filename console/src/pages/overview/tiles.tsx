import type { UseQueryResult } from '@tanstack/react-query'
import { numberIn } from '../../api/analytics.ts'
import type { Reply } from '../../api/call.ts'
import { percent } from '../../format/number.ts'
import { classes } from '../../parts/classes.ts'
import { Fault } from '../../parts/fault.tsx'
import { type Shown, shown } from './measure.ts'
import type { Range } from './range.ts'

type Sums = Reply<'POST /analytics/query'>

interface TilesProps {
  readonly totals: UseQueryResult<Sums>
  /** The sums of the stretch of time before. */
  readonly earlier: Sums | undefined
  readonly chosen: Shown
  readonly range: Range
  readonly onChoose: (measure: Shown) => void
}

/** One figure for each measure. The chosen one is drawn in the chart below. */
export function Tiles({ totals, earlier, chosen, range, onChoose }: TilesProps) {
  const row = totals.data?.data.data[0]
  const rowBefore = earlier?.data.data[0]
  return (
    <>
      {totals.error !== null && <Fault error={totals.error} onRetry={() => void totals.refetch()} />}
      <div
        role="group"
        aria-label={`Figures of ${range.words}`}
        className="grid grid-cols-2 overflow-hidden rounded-t-lg border border-line bg-line gap-px sm:grid-cols-4 xl:grid-cols-7"
      >
        {shown.map((measure) => {
          const value = numberIn(row, measure.name)
          const isChosen = measure === chosen
          return (
            <button
              key={measure.name}
              type="button"
              aria-pressed={isChosen}
              onClick={() => onChoose(measure)}
              className={classes(
                'min-w-0 border-t-2 bg-panel px-4 py-2.5 text-left focus-visible:-outline-offset-2',
                isChosen ? 'border-accent' : 'border-transparent hover:bg-sunken',
                'last:max-xl:col-span-2',
              )}
            >
              <span className="block text-xs text-soft">{measure.label}</span>
              <span className="block truncate text-lg leading-7 font-semibold tracking-tight tabular-nums">
                {value === null ? '–' : measure.format(value)}
              </span>
              <span className="block truncate text-xs text-soft">
                {measure.beside === undefined ? (
                  <Change now={value} earlier={numberIn(rowBefore, measure.name)} isMoreBetter={measure.isMoreBetter} />
                ) : (
                  `${measure.beside.label} ${formatted(measure, numberIn(row, measure.beside.name))}`
                )}
              </span>
            </button>
          )
        })}
      </div>
    </>
  )
}

const formatted = ({ format }: Shown, value: number | null): string => (value === null ? '–' : format(value))

interface ChangeProps {
  readonly now: number | null
  readonly earlier: number | null
  readonly isMoreBetter: boolean | null
}

/** How much a figure differs from the time before. */
function Change({ now, earlier, isMoreBetter }: ChangeProps) {
  if (now === null || earlier === null || earlier === 0) return <>no earlier data</>
  const share = now / earlier - 1
  if (Math.abs(share) < 0.005) return <>unchanged</>
  const isBetter = isMoreBetter === null ? null : share > 0 === isMoreBetter
  return (
    <span className={isBetter === null ? '' : isBetter ? 'text-good' : 'text-bad'}>
      {share > 0 ? '▲' : '▼'} {share > 9.99 ? '×' + Math.round(share + 1) : percent(Math.abs(share))}
    </span>
  )
}
