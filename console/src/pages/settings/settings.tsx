import { useSession } from '../../api/session.ts'
import { PageHeader, Panel } from '../../parts/panel.tsx'
import { Configuration } from './configuration.tsx'
import { LedgerCheck } from './ledger-check.tsx'
import { Status } from './status.tsx'

/** The gateway itself: how it runs, its configuration, and its books. */
export function SettingsPage() {
  const { data: session } = useSession()
  return (
    <>
      <PageHeader title="Settings" />
      {session?.operator === true ? (
        <div className="grid items-start gap-4 xl:grid-cols-[24rem_minmax(0,1fr)]">
          <div className="min-w-0 space-y-4">
            <Status />
            <LedgerCheck />
          </div>
          <Configuration />
        </div>
      ) : (
        <Panel>
          <p className="text-soft">
            The settings are those of the whole gateway. A management key of the account <code>default</code> shows
            them.
          </p>
        </Panel>
      )}
    </>
  )
}
