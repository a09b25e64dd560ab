import { Type } from 'typebox'
import type { Parameter } from './http-route.ts'
import { valueOf, wholeOf } from './query-value.ts'

const defaultLimit = 50
const mostLimit = 100

/** The parameters of a list that is read page by page. */
export const pageParameters: readonly Parameter[] = [
  {
    name: 'offset',
    in: 'query',
    description: 'How many rows to skip at the beginning.',
    schema: Type.Integer({ minimum: 0, default: 0 }),
  },
  {
    name: 'limit',
    in: 'query',
    description: 'How many rows to list.',
    schema: Type.Integer({ minimum: 1, maximum: mostLimit, default: defaultLimit }),
  },
]

/**
 * Reads which page of a list is wanted.
 * @throws GatewayError 400
 */
export function pageOf(query: URLSearchParams): { readonly offset: number; readonly limit: number } {
  const [skipped, most] = [valueOf(query, 'offset'), valueOf(query, 'limit')]
  return {
    offset: skipped === null ? 0 : wholeOf(skipped, 0),
    limit: most === null ? defaultLimit : wholeOf(most, 1, mostLimit),
  }
}
