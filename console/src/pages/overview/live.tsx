import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useCall } from '../../api/use-call.ts'
import { type Generation, refreshMs, useLive } from '../../api/use-live.ts'
import { useThrottle } from '../../api/use-throttle.ts'
import { money } from '../../format/money.ts'
import { duration, shortTime } from '../../format/time.ts'
import { Button } from '../../parts/button.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { Panel } from '../../parts/panel.tsx'
import { StatusBadge } from '../../parts/status-badge.tsx'

const mostShown = 12

/** The latest requests, newest first, as they end. The sums of the page are read again after them. */
export function Live() {
  const [isOn, setOn] = useState(true)
  const [ended, setEnded] = useState<readonly Generation[]>([])
  const recent = useCall('GET /waygate/generations', { query: { limit: mostShown } })
  const client = useQueryClient()
  const refreshSums = useThrottle(
    () => void client.invalidateQueries({ queryKey: ['POST /analytics/query'] }),
    refreshMs,
  )
  useLive(isOn, (generation) => {
    setEnded((before) => [generation, ...before].slice(0, mostShown))
    refreshSums()
  })
  return (
    <Panel
      title="Live"
      isFlush
      actions={
        <Button look="quiet" aria-pressed={isOn} onClick={() => setOn(!isOn)}>
          <span aria-hidden="true" className={`size-2 rounded-full ${isOn ? 'bg-good' : 'bg-edge'}`} />
          {isOn ? 'Pause' : 'Go on'}
        </Button>
      }
    >
      <Loaded query={recent} lines={6}>
        {({ data }) => {
          const known = new Set(ended.map(({ id }) => id))
          const rows = [...ended, ...data.filter(({ id }) => !known.has(id))].slice(0, mostShown)
          if (rows.length === 0) return <p className="px-4 py-6 text-center text-soft">No requests yet.</p>
          return (
            <ul>
              {rows.map((row) => (
                <li key={row.id} className="border-b border-line last:border-0">
                  <Link
                    to="/requests/$id"
                    params={{ id: row.id }}
                    className="grid grid-cols-[minmax(0,1fr)_auto] gap-x-3 px-4 py-1.5 hover:bg-sunken focus-visible:-outline-offset-2"
                  >
                    <span className="truncate">{row.model || row.requested_model || '(no model)'}</span>
                    <span className="text-right tabular-nums">{money(row.cost)}</span>
                    <span className="truncate text-xs text-soft">
                      {shortTime(row.created_at)} · {row.provider_name ?? 'no provider'} ·{' '}
                      {duration(row.generation_time)}
                    </span>
                    <span className="text-right">
                      <StatusBadge row={row} />
                    </span>
                  </Link>
                </li>
              ))}
            </ul>
          )
        }}
      </Loaded>
    </Panel>
  )
}
