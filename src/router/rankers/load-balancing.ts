import type { Contender, Ranker } from './ranker.ts'

/**
 * Ranks where the request asks for no order (contract §6.3): the cheapest endpoint first, but the very first one is drawn among the stable
 * endpoints, weighted by 1 / price². Where endpoints cost nothing, one of them comes first, each with the same probability. Endpoints with
 * a poor uptime come last.
 */
export const loadBalancing: Ranker = {
  name: 'load balancing by price',
  rank(pool, _request, { sort, chance }) {
    if (sort !== undefined || pool.length < 2) return null
    const cheapestFirst = pool.toSorted((a, b) => uptimeRank(a) - uptimeRank(b) || a.price - b.price)
    const drawn = draw(cheapestFirst.filter(isSound), chance)
    return drawn === null ? cheapestFirst : [drawn, ...cheapestFirst.filter((contender) => contender !== drawn)]
  },
}

const ranks = { unknown: 0, normal: 0, lower: 1, last: 2 } as const

const uptimeRank = ({ state }: Contender): number => (state === null ? 0 : ranks[state.uptimeClass])

/** Tells whether an endpoint may be drawn. One that is down may be when a probe is due: that is how traffic returns to it. */
const isSound = (contender: Contender): boolean => {
  const { state, limited } = contender
  if (limited || uptimeRank(contender) > 0) return false
  return state === null || state.condition === 'stable' || state.condition === 'probe-due'
}

/** Returns the endpoints among which one is drawn, and the sum of their weights. */
function lotsOf(sound: readonly Contender[]) {
  const free = sound.filter(({ price }) => price === 0)
  const lots = free.length > 0 ? free : sound
  return { lots, total: lots.reduce((sum, contender) => sum + weight(contender), 0) }
}

const weight = ({ price }: Contender): number => (price === 0 ? 1 : 1 / price ** 2)

function draw(sound: readonly Contender[], chance: () => number): Contender | null {
  const { lots, total } = lotsOf(sound)
  let left = chance() * total
  for (const contender of lots) {
    left -= weight(contender)
    if (left < 0) return contender
  }
  return lots.at(-1) ?? null
}

/** Returns the probability of each endpoint to come first, for an order made by these rankers. Null where another ranker chose the first. */
export function firstPickShares(
  pool: readonly Contender[],
  rankedBy: readonly string[],
): ReadonlyMap<Contender, number> | null {
  if (rankedBy.length !== 1 || rankedBy[0] !== loadBalancing.name) return null
  const { lots, total } = lotsOf(pool.filter(isSound))
  return new Map(lots.map((contender) => [contender, weight(contender) / total]))
}
