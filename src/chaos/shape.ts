import type { Catalog, Model } from '../catalog/model.ts'
import type { Endpoint } from '../catalog/endpoint.ts'
import type { Config } from '../config/config.ts'
import type { Gateway } from '../gateway.ts'

/** What of a configuration decides which faults it survives: the endpoints of a request, in the order of choice, and how they are called. */
export interface Shape {
  /** The body of the request, without a stream. */
  readonly request: Readonly<Record<string, unknown>>
  readonly models: readonly Model[]
  /** First choice first. There is at least one. */
  readonly endpoints: readonly ShapedEndpoint[]
  readonly streamRescue: boolean
  /** Whether endpoints that fail are avoided for a while. */
  readonly avoidsOutages: boolean
}

export interface ShapedEndpoint extends Pick<
  Endpoint,
  'tag' | 'model' | 'provider' | 'upstreamModel' | 'contextLength'
> {
  /** The number of keys with which it may be called. */
  readonly keys: number
}

/**
 * Reads the shape of a request from a gateway that runs with the configuration.
 * @throws Error that says why the request would reach no endpoint.
 */
export function readShape(
  request: Shape['request'],
  config: Config,
  gateway: Pick<Gateway, 'catalog' | 'explain'>,
): Shape {
  const { candidates, error } = gateway.explain(request)
  const tried = candidates.filter(({ place }) => place !== null)
  if (tried.length === 0) throw new Error(error?.message ?? 'No endpoint would serve this request.')
  const { models } = gateway.catalog()
  // One endpoint is a candidate once for each key.
  const names = new Set(tried.map(({ model, endpoint }) => `${model}@${endpoint}`))
  const endpoints = [...names].flatMap((id) => endpointOf(models, id) ?? [])
  return {
    request,
    models: [...new Set(endpoints.map(({ model }) => model))].flatMap((slug) => models.get(slug) ?? []),
    endpoints: endpoints.map(({ tag, model, provider, upstreamModel, contextLength }) => {
      const keys = config.providers.find(({ slug }) => slug === provider)?.apiKeys ?? []
      return { tag, model, provider, upstreamModel, contextLength, keys: Math.max(1, new Set(keys).size) }
    }),
    streamRescue: config.streamRescue === 'continue',
    avoidsOutages: config.routing.outageWindowMs > 0,
  }
}

function endpointOf(models: Catalog['models'], id: string): Endpoint | undefined {
  const slug = id.slice(0, id.indexOf('@'))
  return models.get(slug)?.endpoints.find((endpoint) => endpoint.id === id)
}
