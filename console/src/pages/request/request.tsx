import { Link, useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useCall } from '../../api/use-call.ts'
import { money } from '../../format/money.ts'
import { full } from '../../format/number.ts'
import { duration, fullTime } from '../../format/time.ts'
import { CopyButton } from '../../parts/code-block.tsx'
import { Facts } from '../../parts/facts.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { PageHeader, Panel } from '../../parts/panel.tsx'
import { StatusBadge } from '../../parts/status-badge.tsx'
import { Content } from './content.tsx'
import { Costs } from './costs.tsx'
import type { Detail } from './detail.ts'
import { Pipeline } from './pipeline.tsx'
import { TakenRoute } from './taken-route.tsx'
import { Waterfall } from './waterfall.tsx'
import { WhatIf } from './what-if.tsx'

/** Everything that is known of one request. */
export function RequestPage() {
  const { id } = useParams({ from: '/requests/$id' })
  const query = useCall('GET /waygate/generations/{id}', { path: { id } })
  return (
    <>
      <nav aria-label="Path" className="mb-1 text-soft">
        <Link to="/requests" className="hover:underline">
          Requests
        </Link>
      </nav>
      <PageHeader title={<span className="font-mono text-base">{id}</span>}>
        <CopyButton text={id} label="Copy the id" />
      </PageHeader>
      <Loaded query={query} lines={10}>
        {({ data }) => <Request detail={data} />}
      </Loaded>
    </>
  )
}

function Request({ detail }: { readonly detail: Detail }) {
  return (
    <div className="grid gap-4 xl:grid-cols-[minmax(0,1fr)_24rem]">
      <div className="min-w-0 space-y-4">
        <Summary detail={detail} />
        <Waterfall detail={detail} />
        <Panel title="Why this route" isFlush>
          {detail.route === null ? (
            <p className="px-4 py-3 text-soft">
              The explanation of this route is not kept any more. Below, it can be asked for as it would be now.
            </p>
          ) : (
            <TakenRoute route={detail.route} />
          )}
        </Panel>
        {detail.operation === 'chat' && <WhatIf id={detail.id} />}
        <Content content={detail.content} />
      </div>
      <div className="min-w-0 space-y-4">
        <Costs detail={detail} />
        <Usage usage={detail.usage} />
        <Pipeline detail={detail} />
        <Panel title="Request">
          <Facts facts={requestFacts(detail)} />
        </Panel>
      </div>
    </div>
  )
}

function Summary({ detail }: { readonly detail: Detail }) {
  const { model, requested_model: requested } = detail
  const figures: readonly (readonly [string, ReactNode])[] = [
    ['Result', <StatusBadge key="result" row={detail} />],
    ['Model', model === requested || model === '' ? requested : `${model} (asked: ${requested})`],
    ['Provider', detail.provider_name ?? 'none'],
    ['Cost', money(detail.cost)],
    ['First token', detail.latency === null ? '–' : duration(detail.latency)],
    ['In all', duration(detail.generation_time)],
  ]
  return (
    <>
      <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border border-line bg-line sm:grid-cols-3">
        {figures.map(([label, value]) => (
          <div key={label} className="min-w-0 bg-panel px-4 py-2.5">
            <dt className="text-xs text-soft">{label}</dt>
            <dd className="font-medium break-words">{value}</dd>
          </div>
        ))}
      </dl>
      {detail.error_message !== null && (
        <p className="rounded-lg border border-line bg-panel px-4 py-2.5 break-words text-bad">
          {detail.error_message}
        </p>
      )}
    </>
  )
}

function Usage({ usage }: { readonly usage: Detail['usage'] }) {
  const counts = [
    ['Prompt', usage.prompt_tokens],
    ['of these from a cache', usage.cached_tokens],
    ['of these written to a cache', usage.cache_write_tokens],
    ['Completion', usage.completion_tokens],
    ['of these reasoning', usage.reasoning_tokens],
    ['of these images', usage.image_tokens],
  ] as const
  const facts = counts.flatMap(([name, count]) => (count == null ? [] : [[name, full(count)] as const]))
  return (
    <Panel title="Tokens">
      {facts.length === 0 ? <p className="text-soft">None were counted.</p> : <Facts facts={facts} areNumbers />}
    </Panel>
  )
}

const linked = (
  filter: 'session' | 'user' | 'app' | 'key',
  value: string | null,
  text: string | null = value,
): ReactNode =>
  value === null ? null : (
    <Link to="/requests" search={{ [filter]: value }} className="text-accent hover:underline">
      {text}
    </Link>
  )

const requestFacts = (detail: Detail): readonly (readonly [string, ReactNode])[] => [
  ['Time', fullTime(detail.created_at)],
  ['Key', linked('key', detail.key.hash, detail.key.name ?? 'deleted')],
  ['User', linked('user', detail.user)],
  ['Session', linked('session', detail.session_id)],
  ['App', linked('app', detail.app)],
  ['Operation', detail.operation],
  ['Streamed', detail.streamed ? 'yes' : 'no'],
  ['Finish', detail.finish_reason],
  ['Native finish', detail.native_finish_reason],
  ['Endpoint', detail.endpoint],
  ['Service tier', detail.service_tier],
  ['Own key', detail.is_byok ? 'yes' : null],
  ['Answer of the cache', linkedGeneration(detail.response_cache_source_id)],
  ['Request id', detail.request_id],
  ['Provider’s id', detail.upstream_id],
  ['User agent', detail.user_agent],
  ['Referer', detail.referer],
  ['Title', detail.title],
  ['Metadata', detail.metadata === null ? null : JSON.stringify(detail.metadata)],
  ['Trace', detail.trace === null ? null : JSON.stringify(detail.trace)],
  ...detail.feedback.map(
    ({ category, comment }) => ['Feedback', comment === null ? category : `${category}: ${comment}`] as const,
  ),
]

const linkedGeneration = (id: string | null): ReactNode =>
  id === null ? null : (
    <Link to="/requests/$id" params={{ id }} className="text-accent hover:underline">
      {id}
    </Link>
  )
