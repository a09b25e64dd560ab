import { useNavigate, useSearch } from '@tanstack/react-router'
import { useEndpoints } from '../../api/endpoints.ts'
import { Loaded } from '../../parts/loaded.tsx'
import { PageHeader } from '../../parts/panel.tsx'
import { Tabs } from '../../parts/tabs.tsx'
import { EndpointList } from './endpoint-list.tsx'
import { ProviderList } from './provider-list.tsx'

/** What is offered: models at their endpoints, and the providers behind them. */
export function ModelsPage() {
  const { tab = 'endpoints', q = '' } = useSearch({ from: '/models' })
  const navigate = useNavigate({ from: '/models' })
  const query = useEndpoints()
  const change = (changed: { readonly tab?: string; readonly q?: string | undefined }): void =>
    void navigate({ search: (before) => ({ ...before, ...changed }), replace: true })
  return (
    <>
      <PageHeader title="Models and providers" />
      <Loaded query={query} lines={10}>
        {({ data, providers }) => (
          <Tabs
            label="Parts"
            value={tab}
            onChange={(value) => change({ tab: value })}
            tabs={[
              {
                value: 'endpoints',
                label: `Endpoints (${data.length})`,
                content: (
                  <EndpointList endpoints={data} search={q} onSearch={(text) => change({ q: text || undefined })} />
                ),
              },
              {
                value: 'providers',
                label: `Providers (${providers.filter(({ state }) => state === 'offered').length})`,
                content: <ProviderList providers={providers} />,
              },
            ]}
          />
        )}
      </Loaded>
    </>
  )
}
