import { partition } from '../partition.ts'
import type { Ranker } from './ranker.ts'

/** Puts the endpoint of the session first, where its prompt is cached (contract §6.11). */
export const sticky: Ranker = {
  name: 'stickiness',
  rank: (pool, _request, { stickyEndpointId }) =>
    stickyEndpointId === null ? null : partition(pool, ({ endpoint }) => endpoint.id === stickyEndpointId),
}
