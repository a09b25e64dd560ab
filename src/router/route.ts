import { type GatewayError, unavailable } from '../canonical/errors.ts'
import type { GenerationRequest } from '../canonical/generation-request.ts'
import type { Strategy } from '../canonical/router-metadata.ts'
import type { Endpoint } from '../catalog/endpoint.ts'
import type { Catalog, Model } from '../catalog/model.ts'
import { resolveModel } from '../catalog/resolve-model.ts'
import type { Candidate } from './candidate.ts'
import { type Exclusion, explainExclusions, namesOf } from './exclusion.ts'
import { allowedProviders } from './filters/allowed-providers.ts'
import { dataCollection } from './filters/data-collection.ts'
import { distillable } from './filters/distillable.ts'
import type { Filter } from './filters/filter.ts'
import { inputModality } from './filters/input-modality.ts'
import { maxPrice } from './filters/max-price.ts'
import { operation } from './filters/operation.ts'
import { outputLimit } from './filters/output-limit.ts'
import { outputModality } from './filters/output-modality.ts'
import { quantization } from './filters/quantization.ts'
import { requireParameters } from './filters/require-parameters.ts'
import { serviceTier } from './filters/service-tier.ts'
import { zdr } from './filters/zdr.ts'
import { byOrder } from './rankers/by-order.ts'
import { byPrice } from './rankers/by-price.ts'
import { priorityFirst } from './rankers/priority-first.ts'
import type { Ranker } from './rankers/ranker.ts'

/** In the order of contract §6.2; the first that refuses an endpoint names the reason. */
const filters: readonly Filter[] = [
  operation,
  allowedProviders,
  dataCollection,
  zdr,
  distillable,
  quantization,
  serviceTier,
  inputModality,
  outputModality,
  outputLimit,
  maxPrice,
  requireParameters,
]

/** Each is stable, so the last weighs most (contract §6.6). Before all of them stands the configured order. */
const rankers: readonly Ranker[] = [byPrice, priorityFirst, byOrder]

/** What routing knows besides the request: all of it an immutable snapshot. */
export interface RouteSnapshot {
  readonly catalog: Catalog
  /** How many credentials a provider has; 0 for one that needs none. */
  readonly credentials: (provider: string) => number
  readonly defaultModel: string | null
}

export interface Route {
  /** The slug the client sent, or the default's. */
  readonly requested: string
  readonly strategy: Strategy
  /** Every endpoint of the models asked for. */
  readonly considered: readonly Endpoint[]
  /** What to try, in order. Empty exactly when `error` is set. */
  readonly candidates: readonly Candidate[]
  /** Whether the client allows fallbacks; where not, the candidates are those that it chose itself. */
  readonly fallbacks: boolean
  readonly error: GatewayError | null
}

/** Chooses the endpoints to try for a request, in order. Pure: same request, same snapshot, same route. */
export function route(request: GenerationRequest, snapshot: RouteSnapshot): Route {
  const slugs = request.models.length > 0 ? request.models : defaultSlugs(snapshot)
  const requested = slugs[0] ?? ''
  const models = slugs.map((slug) => resolveModel(snapshot.catalog, slug)).filter((model) => model !== null)
  if (models.length === 0) return refused(requested, [], unknownModel(slugs))

  const considered = models.flatMap((model) => model.endpoints)
  const { kept, exclusions } = filtered(considered, request)
  if (kept.length === 0) return refused(requested, considered, explainExclusions(exclusions, slugs, models))

  return {
    requested,
    strategy: strategyOf(requested, models[0]),
    considered,
    candidates: ranked(kept, request).flatMap((endpoint) => withCredentials(endpoint, snapshot)),
    fallbacks: request.routing.allowFallbacks !== false,
    error: null,
  }
}

const defaultSlugs = (snapshot: RouteSnapshot): readonly string[] =>
  snapshot.defaultModel === null ? [] : [snapshot.defaultModel]

const refused = (requested: string, considered: readonly Endpoint[], error: GatewayError): Route => ({
  requested,
  strategy: 'direct',
  considered,
  candidates: [],
  fallbacks: false,
  error,
})

const strategyOf = (requested: string, first: Model | undefined): Strategy =>
  first === undefined || first.slug === requested ? 'direct' : 'alias'

function unknownModel(slugs: readonly string[]): GatewayError {
  const message =
    slugs.length === 0
      ? 'No model was given and no default model is configured. Set `model`, or `default_model` in the configuration.'
      : `${namesOf(slugs)} is not a valid model ID. GET /api/v1/models lists the models served here.`
  return unavailable(message, { code: 'model_not_found', requestedModels: slugs })
}

/** Rule by rule, so that the last exclusion is that of the last rule that refused something. */
function filtered(considered: readonly Endpoint[], request: GenerationRequest) {
  const exclusions: Exclusion[] = []
  let kept = considered
  for (const filter of filters) kept = filterBy(filter, kept, request, exclusions)
  return { kept, exclusions }
}

/** What a filter leaves of the pool: the pool itself where it refuses nothing, as most do for most requests. */
function filterBy(
  filter: Filter,
  pool: readonly Endpoint[],
  request: GenerationRequest,
  exclusions: Exclusion[],
): readonly Endpoint[] {
  const before = exclusions.length
  for (const endpoint of pool) {
    const refusal = filter.refuse(endpoint, request, pool)
    if (refusal !== null) exclusions.push({ endpoint, reason: filter.name, refusal })
  }
  if (exclusions.length === before) return pool
  const refused = new Set(exclusions.slice(before).map(({ endpoint }) => endpoint))
  return pool.filter((endpoint) => !refused.has(endpoint))
}

/** Model by model, unless the request pools them. Without fallbacks only the first is left, or those that `order` chose. */
function ranked(kept: readonly Endpoint[], request: GenerationRequest): readonly Endpoint[] {
  const { sort, order, allowFallbacks } = request.routing
  const pools = sort?.partition === 'none' ? [kept] : [...Map.groupBy(kept, ({ model }) => model).values()]
  const endpoints = pools.flatMap((pool) => rankers.reduce((sorted, rank) => rank(sorted, request), pool))
  return allowFallbacks === false && order === undefined ? endpoints.slice(0, 1) : endpoints
}

/** One candidate a credential, so that a refused key is followed by the next (contract §6.7). */
function withCredentials(endpoint: Endpoint, snapshot: RouteSnapshot): readonly Candidate[] {
  const count = Math.max(1, snapshot.credentials(endpoint.provider))
  return Array.from({ length: count }, (_, index) => ({
    endpoint,
    credential: { provider: endpoint.provider, index },
  }))
}
