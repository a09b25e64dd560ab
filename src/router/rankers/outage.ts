import type { Contender, Ranker, Ranking } from './ranker.ts'

/**
 * Moves endpoints that are down or rate limited behind the others; they are still called when the others fail (contract §6.2-16, §6.3). One
 * that is down and due for a probe keeps its place where it would be the first: that request is the probe.
 */
export const outage: Ranker = {
  name: 'outage',
  rank(pool) {
    return pool.every(isFine) ? null : troubledLast(pool, (contender) => contender)
  },
}

/** Moves models of which every endpoint is down or rate limited behind the others, as `outage` does with the endpoints of a model. */
export function troubledModelsLast(rankings: readonly Ranking[]): readonly Ranking[] {
  return troubledLast(rankings, ({ order }) => order.find(isFine) ?? order[0])
}

function troubledLast<Item>(items: readonly Item[], best: (item: Item) => Contender | undefined): readonly Item[] {
  const stable: Item[] = []
  const limited: Item[] = []
  const down: Item[] = []
  for (const item of items) {
    const contender = best(item)
    if (contender === undefined) continue
    const probes = contender.state?.condition === 'probe-due' && stable.length === 0
    if (isFine(contender) || (probes && !contender.limited)) stable.push(item)
    else if (contender.state?.condition === 'stable' || contender.state === null) limited.push(item)
    else down.push(item)
  }
  return [...stable, ...limited, ...down]
}

const isFine = ({ state, limited }: Contender): boolean => !limited && (state === null || state.condition === 'stable')
