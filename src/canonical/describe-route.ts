import { describeSeam } from './describe-seam.ts'
import type { AttemptEntry, GenerationContext, RouteTaken } from './generation-context.ts'
import type { RouterMetadata } from './router-metadata.ts'

/**
 * Describes how a request was routed (contract §3.5). Call it once the turns are billed.
 * @param answered Whether the answer is complete. If not, no endpoint is marked as selected.
 */
export function describeRoute(context: GenerationContext, answered: boolean): RouterMetadata {
  const route = context.route ?? unrouted
  const selected = answered ? (context.turns.at(-1)?.endpoint ?? null) : null
  const attempts = [...new Map(context.attempts.map((entry) => [entry.attempt, entry])).values()]
  const dispatched = context.attempts.findLast(({ sent }) => sent)
  const fellBack = selected !== null && isByName(route) && selected.model !== route.considered[0]?.model
  return {
    requested: route.requested,
    strategy: fellBack ? 'fallback' : route.strategy,
    region: null,
    summary: [
      `available=${route.considered.length}`,
      ...(selected === null ? [] : [`selected=${selected.providerName}`]),
    ].join(', '),
    attempt: attempts.find(({ status }) => status === 200)?.attempt ?? attempts.length,
    isByok: (context.attempts.find(({ status }) => status === 200) ?? context.attempts.at(-1))?.isByok ?? false,
    endpoints: route.considered.map((endpoint) => ({
      provider: endpoint.providerName,
      model: endpoint.model,
      selected: endpoint === selected,
    })),
    attempts: attempts.map(({ providerName, model, status }) => ({ provider: providerName, model, status })),
    pipeline: [
      ...context.pipeline,
      ...context.attempts.flatMap((entry) => (entry.seam === undefined ? [] : [describeSeam(entry, entry.seam)])),
    ],
    ...(dispatched !== undefined && { generationTime: Math.round(durationOf(dispatched)) }),
    ...(route.parameters !== undefined && { parameters: route.parameters }),
  }
}

/** Returns how long a call took until its answer ended, or until it failed, in milliseconds. */
const durationOf = ({ startedAt, latency, endedAt = 0 }: AttemptEntry): number => Math.max(latency, endedAt - startedAt)

/** A request that ended before it was routed. */
const unrouted: RouteTaken = { requested: '', strategy: 'direct', considered: [], exclusions: [] }

/** Tells whether the client named the model itself. The fallbacks of a router model are part of the router model's choice. */
const isByName = ({ strategy }: RouteTaken): boolean =>
  strategy === 'direct' || strategy === 'alias' || strategy === 'latest'
