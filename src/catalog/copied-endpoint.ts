import type { Endpoint } from './endpoint.ts'

/** No slug and no tag contains it. */
const mark = '#'

/** Returns the copy of an endpoint that is called with a key of an account's own (contract §6.17). */
export const copiedEndpoint = (endpoint: Endpoint, byok: string, upstreamModel: string): Endpoint => ({
  ...endpoint,
  id: `${endpoint.id}${mark}${byok}`,
  byok,
  upstreamModel,
})

/** Returns the id of the endpoint in the catalogue, of which this is the id or that of a copy. */
export const catalogueId = (endpointId: string): string => endpointId.split(mark, 1)[0] ?? endpointId
