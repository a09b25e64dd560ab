import { money } from '../../format/money.ts'
import { duration } from '../../format/time.ts'
import { Badge } from '../../parts/badge.tsx'
import { classes } from '../../parts/classes.ts'
import { Panel } from '../../parts/panel.tsx'
import type { Detail } from './detail.ts'

type Attempt = Detail['attempts'][number]

/** The calls of a request, each from its beginning to its first answer or failure, on the scale of the whole. */
export function Waterfall({ detail }: { readonly detail: Detail }) {
  const { attempts, generation_time: total } = detail
  if (attempts.length === 0) {
    return (
      <Panel title="Calls">
        <p className="text-soft">
          {detail.cached ? 'The answer came from the response cache.' : 'No provider was called.'}
        </p>
      </Panel>
    )
  }
  const starts = startsOf(attempts)
  const end = Math.max(total, ...attempts.map(({ latency }, index) => (starts[index] ?? 0) + latency), 1)
  const share = (ms: number): string => `${Math.min(100, (ms / end) * 100)}%`
  return (
    <Panel title="Calls" actions={<span className="text-xs text-soft">0 to {duration(end)}</span>}>
      <ol className="space-y-3">
        {attempts.map((attempt, index) => {
          const start = starts[index] ?? 0
          const isFailed = attempt.error !== null || attempt.status >= 400
          const isLast = !isFailed && attempt.status > 0
          return (
            <li key={`${attempt.sequence} ${index}`} style={{ paddingLeft: `${attempt.depth * 1.5}rem` }}>
              <div className="flex flex-wrap items-baseline gap-x-2">
                <span className="font-medium">{attempt.provider_name}</span>
                <span className="text-xs text-soft">
                  {attempt.model} · {attempt.endpoint}
                  {attempt.tool !== null && ` · for ${attempt.tool}`}
                </span>
                {attempt.kind !== 'first' && <Badge tone="accent">{attempt.kind}</Badge>}
                {attempt.is_byok && <Badge>own key</Badge>}
                <span className="ml-auto text-xs tabular-nums text-soft">
                  {duration(attempt.latency)} · {money(attempt.cost)}
                  {attempt.may_bill_more && ' or more'}
                </span>
              </div>
              <div aria-hidden="true" className="mt-1 flex h-2.5 overflow-hidden rounded bg-sunken">
                <div style={{ width: share(start) }} />
                <div
                  style={{ width: share(Math.max(attempt.latency, end / 200)) }}
                  className={classes('rounded-sm', isFailed ? 'bg-bad' : isLast ? 'bg-series-1' : 'bg-edge')}
                />
                {isLast && (
                  <div
                    style={{ width: share(Math.max(0, end - start - attempt.latency)) }}
                    className="bg-series-1/30"
                  />
                )}
              </div>
              <p className={classes('mt-0.5 text-xs', isFailed ? 'text-bad' : 'text-soft')}>
                {outcome(attempt)}
                {attempt.started_after !== null && `, begun after ${duration(attempt.started_after)}`}
              </p>
            </li>
          )
        })}
      </ol>
    </Panel>
  )
}

/** Returns when each call began. Older records lack it: their calls are taken to follow one another. */
function startsOf(attempts: readonly Attempt[]): readonly number[] {
  let end = 0
  return attempts.map(({ started_after: start, latency }) => {
    const begun = start ?? end
    end = begun + latency
    return begun
  })
}

function outcome({ status, error }: Attempt): string {
  if (error !== null) return `${status === 0 ? '' : `${status} `}${error.replaceAll('_', ' ')}`
  return status === 0 ? 'given up: another call was used, or the client left' : `answered with ${status}`
}
