import { isMeant } from '../provider-match.ts'
import type { Ranker } from './ranker.ts'

/** `order`: what it names first, as it names it, then the rest (contract §6.6). */
export const byOrder: Ranker = (endpoints, request) => {
  const { order } = request.routing
  if (order === undefined) return endpoints
  const placed = endpoints.map((endpoint) => {
    const place = order.findIndex((name) => isMeant(name, endpoint, request))
    return { endpoint, place: place === -1 ? order.length : place }
  })
  return placed.sort((a, b) => a.place - b.place).map(({ endpoint }) => endpoint)
}
