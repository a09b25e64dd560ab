import type { GenerationRequest } from '../canonical/generation-request.ts'
import { tokensOfLength } from '../canonical/prompt-tokens.ts'
import type { CredentialReference } from '../health/candidate.ts'
import type { SortKey } from '../canonical/routing-preferences.ts'
import { blendedPrice } from '../catalog/blended-price.ts'
import type { Endpoint } from '../catalog/endpoint.ts'
import type { EndpointState, HealthView } from '../health/endpoint-health.ts'
import type { EndpointOption } from './endpoint-option.ts'
import { byOrder } from './rankers/by-order.ts'
import { bySort } from './rankers/by-sort.ts'
import { exacto } from './rankers/exacto.ts'
import { loadBalancing } from './rankers/load-balancing.ts'
import { rankSections } from './rank-sections.ts'
import { outage, troubledModelsLast } from './rankers/outage.ts'
import { priorityFirst } from './rankers/priority-first.ts'
import type { Contender, RankContext, Ranker, Ranking } from './rankers/ranker.ts'
import { sticky } from './rankers/sticky.ts'
import { thresholds } from './rankers/thresholds.ts'

/**
 * The rankers, weakest first: each sort is stable, so the last one decides (contract §6.6). The configured order is the weakest of all. The
 * last two decide over the keys of the account as well.
 */
const preferences: readonly Ranker[] = [loadBalancing, bySort, exacto, priorityFirst, byOrder, sticky]
const repartitions: readonly Ranker[] = [thresholds, outage]

/** What ranking uses besides the request. */
interface RankKnowledge {
  readonly health: HealthView
  readonly credentials: (provider: string) => readonly CredentialReference[]
  readonly now: number
  readonly chance: () => number
  readonly stickyEndpointId: string | null
}

/**
 * Ranks the endpoints, model by model unless the request pools them. Without fallbacks only the first endpoint is left, or those that
 * `order` names.
 */
export function rank(
  kept: readonly EndpointOption[],
  request: GenerationRequest,
  knowledge: RankKnowledge,
): readonly Ranking[] {
  const { sort, order, allowFallbacks } = request.routing
  const contenders = kept.map((option) => contenderOf(option, request, knowledge))
  const pools = sort?.partition === 'none' ? [contenders] : byModel(contenders)
  const rankings = pools.map((pool) => rankPool(pool, request, knowledge))
  if (allowFallbacks !== false || order !== undefined) return troubledModelsLast(rankings)
  return rankings.slice(0, 1).map((ranking) => ({ ...ranking, order: ranking.order.slice(0, 1) }))
}

function byModel(contenders: readonly Contender[]): readonly (readonly Contender[])[] {
  const model = contenders[0]?.endpoint.model
  if (contenders.every(({ endpoint }) => endpoint.model === model)) return [contenders]
  return [...Map.groupBy(contenders, ({ endpoint }) => endpoint.model).values()]
}

function rankPool(pool: readonly Contender[], request: GenerationRequest, knowledge: RankKnowledge): Ranking {
  const { chance, stickyEndpointId } = knowledge
  const context: RankContext = { sort: sortOf(pool, request), chance, stickyEndpointId }
  const rankedBy = new Set<string>()
  const apply = (rankers: readonly Ranker[]) => (contenders: readonly Contender[]) => {
    let order = contenders
    for (const { name, rank: rankBy } of rankers) {
      const ranked = rankBy(order, request, context)
      if (ranked === null) continue
      order = ranked
      rankedBy.add(name)
    }
    return order
  }
  const preferred = rankSections(pool, apply(preferences))
  if (preferred.length > 1 && pool.some(({ own }) => own !== undefined)) rankedBy.add('byok')
  const order = apply(repartitions)(preferred)
  return { order, rankedBy: [...rankedBy] }
}

/** Returns the sort of the request, else that of the model variant, else that of the service tier (contract §6.1, §6.10). */
function sortOf(pool: readonly Contender[], { routing, parameters }: GenerationRequest): SortKey | undefined {
  const asked = routing.sort?.by ?? pool[0]?.choice.sort
  if (asked !== undefined) return asked
  if (parameters.serviceTier === 'priority' || parameters.serviceTier === 'ultrafast') return 'throughput'
  return parameters.serviceTier === 'flex' ? 'price' : undefined
}

function contenderOf(
  option: EndpointOption,
  request: GenerationRequest,
  { health, credentials, now }: RankKnowledge,
): Contender {
  const { endpoint } = option
  const state = health.state(endpoint.id, now)
  const usable = option.own === undefined ? credentials(endpoint.provider) : [option.own.reference]
  return {
    ...option,
    state,
    price: expectedPrice(endpoint, request),
    limited: isLimited(endpoint, state, usable, health, now),
  }
}

/** Tells whether an endpoint is rate limited. One with several credentials is when each of them was refused or rate limited lately. */
function isLimited(
  { id }: Endpoint,
  state: EndpointState | null,
  credentials: readonly CredentialReference[],
  health: HealthView,
  now: number,
): boolean {
  if (state === null) return false
  if (credentials.length < 2 && state.limitedUntil > now) return true
  return credentials.every((credential) => health.isBenched(id, credential.id, now))
}

/**
 * Computes the most that the request may cost, for comparison. Without a known length and limit, it is the price of three parts prompt and
 * one part completion (contract §6.3-5).
 */
function expectedPrice({ pricing }: Endpoint, { source, parameters }: GenerationRequest): number {
  if (source.bytes === null || parameters.maxTokens === undefined) return blendedPrice(pricing)
  const prompt = tokensOfLength(source.bytes) * pricing.prompt
  return prompt + parameters.maxTokens * pricing.completion + (pricing.request ?? 0)
}
