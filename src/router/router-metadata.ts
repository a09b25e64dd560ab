import type { GenerationContext } from '../canonical/generation-context.ts'
import type { RouterMetadata } from '../canonical/router-metadata.ts'
import type { Endpoint } from '../catalog/endpoint.ts'
import { describeSeam } from './rescue/describe-seam.ts'
import type { Route } from './route.ts'

/** Tells how a request was routed (contract §3.5). `selected` is the endpoint that answered, or null. */
export function describeRoute(route: Route, context: GenerationContext, selected: Endpoint | null): RouterMetadata {
  const attempts = [...new Map(context.attempts.map((entry) => [entry.attempt, entry])).values()]
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
    isByok: false,
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
    ...(route.parameters !== undefined && { parameters: route.parameters }),
  }
}

/** Whether the client named the model itself, in whatever way; a router model's fallbacks are its own choice too. */
const isByName = ({ strategy }: Route): boolean =>
  strategy === 'direct' || strategy === 'alias' || strategy === 'latest'
