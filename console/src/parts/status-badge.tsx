import type { Generation } from '../api/use-live.ts'
import { Badge } from './badge.tsx'

/** How a request ended. */
export function StatusBadge({
  row,
}: {
  readonly row: Pick<Generation, 'status' | 'error' | 'error_message' | 'cancelled' | 'cached'>
}) {
  if (row.cancelled) return <Badge tone="warn">client left</Badge>
  if (row.error !== null || row.status >= 400) {
    return (
      <Badge tone="bad" title={row.error_message ?? row.error ?? undefined}>
        {row.status === 0 ? 'failed' : row.status} {row.error?.replaceAll('_', ' ')}
      </Badge>
    )
  }
  return <Badge tone="good">{row.cached ? 'cached' : row.status}</Badge>
}
