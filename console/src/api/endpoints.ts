import type { UseQueryResult } from '@tanstack/react-query'
import type { Reply } from './call.ts'
import { useCall } from './use-call.ts'

export type Endpoints = Reply<'GET /waygate/endpoints'>
export type Endpoint = Endpoints['data'][number]
export type Provider = Endpoints['providers'][number]

/** Reads every endpoint, with its last hour. */
export const useEndpoints = (): UseQueryResult<Endpoints> => useCall('GET /waygate/endpoints', {}, { everyMs: 30_000 })

/** Returns a price, which the API gives as decimal text in USD; null where the endpoint has none of that kind. */
export function priceOf({ pricing }: Pick<Endpoint, 'pricing'>, kind: string): string | null {
  const price = pricing[kind]
  return typeof price === 'string' ? price : null
}

/** Whether nothing of the endpoint has a price: prices of images and audio stand beside those of tokens. */
export const isFree = ({ pricing }: Pick<Endpoint, 'pricing'>): boolean =>
  Object.values(pricing).every((price) => Number(price) === 0)

/** Names an endpoint: its tag is unique within its model. */
export const keyOf = ({ model, tag }: Pick<Endpoint, 'model' | 'tag'>): string => `${model} ${tag}`
