import { useCall } from '../../api/use-call.ts'
import { full } from '../../format/number.ts'
import { duration, fullTime } from '../../format/time.ts'
import { Badge } from '../../parts/badge.tsx'
import { Facts } from '../../parts/facts.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { Panel } from '../../parts/panel.tsx'

const mebibytes = (bytes: number): string => `${full(Math.round(bytes / 1_048_576))} MiB`

/** How the process runs, and what it is connected to. */
export function Status() {
  const query = useCall('GET /waygate/status', {}, { everyMs: 10_000 })
  return (
    <Panel title="Gateway">
      <Loaded query={query}>
        {({ data }) => (
          <Facts
            facts={[
              ['Version', data.version],
              [
                'State',
                <Badge key="state" tone={data.readiness === 'ready' ? 'good' : 'warn'}>
                  {data.readiness}
                </Badge>,
              ],
              ['Running for', duration(data.uptime_seconds * 1000)],
              ['Since', fullTime(data.started_at)],
              ['Node', data.node_id],
              ['Node.js', data.node_version],
              [
                'Memory',
                `${mebibytes(data.memory.rss_bytes)}, of which ${mebibytes(data.memory.heap_used_bytes)} in the heap`,
              ],
              [
                'Database',
                <span key="database">
                  {data.database.url} {!data.database.reachable && <Badge tone="bad">not reached</Badge>}
                </span>,
              ],
              [
                'Journal',
                <span key="journal">
                  {full(data.journal.waiting)} waiting {data.journal.full && <Badge tone="bad">full</Badge>}
                </span>,
              ],
              [
                'Shared state',
                <span key="shared">
                  {data.shared_state.kind} {!data.shared_state.connected && <Badge tone="bad">not connected</Badge>}
                </span>,
              ],
            ]}
          />
        )}
      </Loaded>
    </Panel>
  )
}
