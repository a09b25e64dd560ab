import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { type Endpoint, priceOf } from '../../api/endpoints.ts'
import { useChange } from '../../api/use-call.ts'
import { money, perMillion } from '../../format/money.ts'
import { compact, full } from '../../format/number.ts'
import { duration } from '../../format/time.ts'
import { Button } from '../../parts/button.tsx'
import { Facts } from '../../parts/facts.tsx'
import { Fault } from '../../parts/fault.tsx'

/** An endpoint’s last hour, its prices, what its keys lack, and a test call. */
export function EndpointDetail({ endpoint }: { readonly endpoint: Endpoint }) {
  const { health, pricing, credentials } = endpoint
  return (
    <div className="grid gap-6 p-4 md:grid-cols-3">
      <div>
        <h3 className="mb-1 text-xs font-medium text-soft">Health</h3>
        <Facts
          facts={[
            ['Condition', health.condition],
            ['Uptime 5 min', uptime(health.uptime_last_5m)],
            ['Uptime 30 min', uptime(health.uptime_last_30m)],
            ['Uptime 1 day', uptime(health.uptime_last_1d)],
            ['First token', percentiles(health.latency_last_30m, duration)],
            ['Tokens/s', percentiles(health.throughput_last_30m, compact)],
            ['Keys', keysText(credentials)],
          ]}
        />
      </div>
      <div>
        <h3 className="mb-1 text-xs font-medium text-soft">Prices and limits</h3>
        <Facts
          facts={[
            ...Object.keys(pricing).map(
              (kind) => [kind.replaceAll('_', ' '), priceText(kind, priceOf(endpoint, kind))] as const,
            ),
            ['Context', endpoint.context_length === 0 ? null : `${full(endpoint.context_length)} tokens`],
            [
              'Longest answer',
              endpoint.max_completion_tokens === null ? null : `${full(endpoint.max_completion_tokens)} tokens`,
            ],
            ['Quantisation', endpoint.quantization],
            ['Tier', endpoint.tier === 'default' ? null : endpoint.tier],
          ]}
        />
      </div>
      <div className="min-w-0">
        <h3 className="mb-1 text-xs font-medium text-soft">Upstream</h3>
        <Facts
          facts={[
            ['Its model id', endpoint.upstream_model],
            ['Operations', endpoint.operations.join(', ')],
            ['Parameters', endpoint.supported_parameters.join(', ')],
          ]}
        />
        {endpoint.operations.includes('chat') && (
          <div className="mt-3 flex flex-wrap items-center gap-2">
            <TestCall endpoint={endpoint} />
            <Link to="/playground" search={{ model: endpoint.model }} className="text-accent underline">
              Open in the playground
            </Link>
          </div>
        )}
      </div>
    </div>
  )
}

/** Asks the endpoint for a few tokens, which are charged like any. */
function TestCall({ endpoint }: { readonly endpoint: Endpoint }) {
  const test = useChange('POST /waygate/endpoints/test', ['GET /waygate/endpoints'])
  const outcome = test.data?.data
  return (
    <>
      <Button
        isBusy={test.isPending}
        onClick={() => test.mutate({ body: { model: endpoint.model, endpoint: endpoint.tag } })}
      >
        Test call
      </Button>
      {test.error !== null && <Fault error={test.error} />}
      {outcome !== undefined && (
        <p role="status" className={`w-full ${outcome.ok ? 'text-good' : 'text-bad'}`}>
          {outcome.ok ? 'It answered' : `It failed with ${outcome.status}`} in {duration(outcome.generation_time)}, for{' '}
          {money(outcome.cost)}
          {outcome.ok ? '.' : `: ${outcome.error ?? 'no reason'}`}{' '}
          <Link to="/requests/$id" params={{ id: outcome.generation_id }} className="text-accent underline">
            The request
          </Link>
        </p>
      )}
    </>
  )
}

const uptime = (share: number | null): string =>
  share === null ? 'too few requests' : `${Math.round(share * 100) / 100}%`

const percentiles = (values: Endpoint['health']['latency_last_30m'], format: (value: number) => string): ReactNode =>
  values === null
    ? 'no requests'
    : `p50 ${format(values.p50)} · p90 ${format(values.p90)} · p99 ${format(values.p99)} (${values.samples})`

/** The prices that are for one; those of tokens and characters are shown by the million. */
const each: ReadonlySet<string> = new Set([
  'request',
  'image',
  'output_image',
  'audio_second',
  'web_search',
  'search_unit',
])

const priceText = (kind: string, price: string | null): string | null =>
  price === null ? null : Number(price) === 0 ? 'free' : each.has(kind) ? `$${price} each` : `${perMillion(price)} /M`

function keysText({ state, count, benched }: Endpoint['credentials']): string {
  if (state === 'none-needed') return 'none needed'
  return `${count}${benched > 0 ? `, ${benched} refused or limited for now` : ''}`
}
