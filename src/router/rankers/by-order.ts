import { matchesProvider } from '../matches-provider.ts'
import type { Ranker } from './ranker.ts'

/** Puts the endpoints that `order` names first, in its order, then the rest (contract §6.6). */
export const byOrder: Ranker = {
  name: 'order',
  rank(pool, request) {
    const { order } = request.routing
    if (order === undefined) return null
    const placed = pool.map((contender) => {
      const place = order.findIndex((name) => matchesProvider(name, contender.endpoint, request))
      return { contender, place: place === -1 ? order.length : place }
    })
    return placed.sort((a, b) => a.place - b.place).map(({ contender }) => contender)
  },
}
