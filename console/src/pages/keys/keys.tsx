import { useNavigate, useSearch } from '@tanstack/react-router'
import { useAccount } from '../../account.ts'
import { useSession } from '../../api/session.ts'
import { PageHeader } from '../../parts/panel.tsx'
import { Tabs } from '../../parts/tabs.tsx'
import { Accounts } from './accounts.tsx'
import { Credits } from './credits.tsx'
import { KeyList } from './key-list.tsx'
import { Presets } from './presets.tsx'
import { ProviderKeys } from './provider-keys.tsx'

/** The keys, accounts, credits, provider keys and presets, each in a tab. */
export function KeysPage() {
  const { tab = 'keys' } = useSearch({ from: '/keys' })
  const navigate = useNavigate({ from: '/keys' })
  const { data: session } = useSession()
  const account = useAccount() ?? session?.account ?? ''
  return (
    <>
      <PageHeader title="Keys">
        <span className="text-soft">Account {account}</span>
      </PageHeader>
      <Tabs
        label="Parts"
        value={tab}
        onChange={(value) => void navigate({ search: (before) => ({ ...before, tab: value }) })}
        tabs={[
          { value: 'keys', label: 'Keys', content: <KeyList /> },
          ...(session?.operator === true ? [{ value: 'accounts', label: 'Accounts', content: <Accounts /> }] : []),
          { value: 'credits', label: 'Credits', content: <Credits /> },
          { value: 'provider-keys', label: 'Provider keys', content: <ProviderKeys /> },
          { value: 'presets', label: 'Presets', content: <Presets /> },
        ]}
      />
    </>
  )
}
