import { modelText } from './describe-model.ts'
import type { Model } from '../../catalog/model.ts'
import { filterOf } from './model-filters.ts'
import type { ModelFacts } from './model-figures.ts'
import { inOrder, modelOrders } from './model-orders.ts'
import { valueOf, wholeOf, wordOf } from '../query-value.ts'

const defaultLimit = 500

/** Returns the models that a query asks for, in the order of the query (contract §8.A1) or, without one, of the catalogue. */
export async function findModels(
  all: Iterable<Model>,
  query: URLSearchParams,
  facts: ModelFacts,
): Promise<readonly Model[]> {
  const wanted = [...all].filter(filterOf(query, facts))
  const sort = valueOf(query, 'sort')
  if (sort === null) return wanted
  const order = wordOf(sort, modelOrders)
  if (order === 'most-popular' || order === 'top-weekly') await facts.usage.ready()
  return inOrder(wanted, order, facts)
}

/**
 * Returns the page that the query asks for, as JSON. Without `offset` and `limit` it contains all models.
 * @param path The path of the list under `/api/v1`.
 */
export function pageText(models: readonly Model[], query: URLSearchParams, path: string): string {
  const [asked, most] = [valueOf(query, 'offset'), valueOf(query, 'limit')]
  const offset = asked === null ? 0 : wholeOf(asked, 0)
  const limit = most === null ? defaultLimit : wholeOf(most, 1, 1000)
  const paged = asked !== null || most !== null
  const page = paged ? models.slice(offset, offset + limit) : models
  const next = paged && offset + limit < models.length ? nextPage(path, query, offset + limit, limit) : null
  const links = JSON.stringify({ next })
  return `{"object":"list","data":[${page.map(modelText).join(',')}],"total_count":${models.length},"links":${links}}`
}

function nextPage(path: string, query: URLSearchParams, offset: number, limit: number): string {
  const next = new URLSearchParams(query)
  next.set('offset', String(offset))
  next.set('limit', String(limit))
  return `/api/v1${path}?${next.toString()}`
}
