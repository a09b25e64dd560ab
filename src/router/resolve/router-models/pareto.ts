import type { Model } from '../../../catalog/model.ts'
import type { ParetoRouterPreferences } from '../../../canonical/routing-preferences.ts'
import { cheapestEndpoint } from '../../../catalog/cheapest-endpoint.ts'
import type { Miss } from '../miss.ts'
import { codingScores } from './coding-scores.ts'
import { modelPrice } from './cost-band.ts'
import { type Chosen, mostChosen, withoutSimulator, type RouterModel, stickyFirst } from './router-model.ts'

/** The least scores of the tiers, best tier first (contract §6.8). */
const floors = [0.66, 0.33, 0] as const

interface Scored {
  readonly model: Model
  readonly score: number
}

/** Chooses the cheapest model that codes well enough, or the best coder within a price. */
export const pareto: RouterModel = {
  strategy: 'pareto',
  choose(request, { catalog, pool, serves, rankings, variants, throughput, isSticky }) {
    const preferences = request.routing.paretoRouter ?? {}
    const scoreOf = codingScores(catalog, rankings.codingScores)
    const scored = withoutSimulator(pool.filter(serves)).flatMap((model) => {
      const score = scoreOf(model)
      return score === null ? [] : [{ model, score }]
    })
    const { maxPrice } = preferences
    if (maxPrice !== undefined) return bestUnder(maxPrice, scored, preferences)
    const speed = variants.has('nitro') ? throughput : () => null
    return cheapestOfTier(preferences.minCodingScore ?? 1, scored, speed, isSticky)
  },
}

/** Chooses from the tier of the least score; where that is empty, from the next better one, then from the next worse one. */
function cheapestOfTier(
  least: number,
  scored: readonly Scored[],
  speed: (model: Model) => number | null,
  isSticky: (model: Model) => boolean,
): Chosen | Miss {
  const wanted = tierOf(least)
  const tiers = Map.groupBy(scored, ({ score }) => tierOf(score))
  const nearest = [...tiers.keys()].sort((a, b) => Math.abs(a - wanted) - Math.abs(b - wanted) || a - b)[0]
  if (nearest === undefined)
    return { code: 'no_endpoints', message: 'No model that writes code can serve the request.' }
  const figures = (tiers.get(nearest) ?? []).map(({ model }) => ({
    model,
    speed: speed(model) ?? 0,
    price: modelPrice(model),
  }))
  figures.sort((a, b) => b.speed - a.speed || a.price - b.price)
  return {
    models: stickyFirst(
      figures.map(({ model }) => model),
      isSticky,
    ).slice(0, mostChosen),
    parameters: { quality_floor: floors[nearest] },
  }
}

const tierOf = (score: number): number => floors.findIndex((floor) => score >= floor)

/** Chooses the best models under a price, among those that no model of the same or a lower price exceeds. */
function bestUnder(
  cap: number,
  scored: readonly Scored[],
  { priceSource = 'weighted_avg' }: ParetoRouterPreferences,
): Chosen | Miss {
  const priced = scored
    .map((each) => ({ ...each, price: usdPerMillion(each.model, priceSource) }))
    .sort((a, b) => a.price - b.price || b.score - a.score)
  let best = -1
  const frontier = priced.filter(({ price, score }) => {
    if (price > cap || score <= best) return false
    best = score
    return true
  })
  const parameters = { max_price: cap, price_source: priceSource }
  if (frontier.length > 0) {
    return {
      models: frontier
        .toReversed()
        .slice(0, mostChosen)
        .map(({ model }) => model),
      parameters,
    }
  }
  const least = priced[0] === undefined ? 'none can serve the request' : `the cheapest costs ${priced[0].price}`
  return {
    code: 'constraint_filtered',
    message: `No model that writes code costs at most ${cap} USD per million tokens: ${least}.`,
    excludedBy: ['max_price'],
    constraint: { field: 'plugins', detail: least },
  }
}

function usdPerMillion(model: Model, source: NonNullable<ParetoRouterPreferences['priceSource']>): number {
  const pico = source === 'prompt' ? (cheapestEndpoint(model.endpoints)?.pricing.prompt ?? 0) : modelPrice(model) / 4
  return pico / 1e6
}
