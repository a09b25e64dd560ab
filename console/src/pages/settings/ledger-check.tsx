import { useChange, useCall } from '../../api/use-call.ts'
import { full } from '../../format/number.ts'
import { fullTime } from '../../format/time.ts'
import { Button } from '../../parts/button.tsx'
import { Facts } from '../../parts/facts.tsx'
import { Fault } from '../../parts/fault.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { Panel } from '../../parts/panel.tsx'

const checking = 'GET /waygate/ledger/verify'

/** Checks that all sums of the books are the sums of their records. */
export function LedgerCheck() {
  const query = useCall(checking, {}, { everyMs: 3_000 })
  const begin = useChange('POST /waygate/ledger/verify', [checking])
  const isRunning = query.data?.data?.state === 'running'
  return (
    <Panel
      title="Ledger"
      actions={
        <Button isBusy={begin.isPending || isRunning} onClick={() => begin.mutate({})}>
          {isRunning ? 'Checking…' : 'Check the books'}
        </Button>
      }
    >
      {begin.error !== null && <Fault error={begin.error} />}
      <Loaded query={query} lines={2}>
        {({ data }) =>
          data === null ? (
            <p className="text-soft">
              The check reads every record and compares the sums with them. It can take a while, and stops nothing.
            </p>
          ) : (
            <div role="status">
              {data.state === 'failed' && <Fault error={new Error(data.failure ?? 'The check failed.')} />}
              {data.in_order !== null && (
                <p className={`mb-2 font-medium ${data.in_order ? 'text-good' : 'text-bad'}`}>
                  {data.in_order ? 'The books are in order.' : 'The books are not in order.'}
                </p>
              )}
              <Facts
                facts={[
                  ['Begun', fullTime(data.started_at)],
                  ['Ended', data.finished_at === null ? null : fullTime(data.finished_at)],
                  ['Generations', data.generations === null ? null : full(data.generations)],
                  ['Calls', data.attempts === null ? null : full(data.attempts)],
                  ['Fees', data.fees === null ? null : full(data.fees)],
                  ['Credits', data.credits === null ? null : full(data.credits)],
                ]}
              />
              <ul className="mt-2 space-y-1 text-bad">
                {data.mistakes.map(({ kind, count, first }) => (
                  <li key={kind}>
                    {full(count)} × {kind}: {first.join(', ')}
                  </li>
                ))}
              </ul>
            </div>
          )
        }
      </Loaded>
    </Panel>
  )
}
