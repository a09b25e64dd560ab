import { describeArchitecture, describeEndpoint, describeModel } from '../../catalog/describe-model.ts'
import type { Catalog, Model } from '../../catalog/model.ts'
import { resolveModel } from '../../catalog/resolve-model.ts'
import { GatewayError } from '../../canonical/errors.ts'
import type { EndpointHealth } from '../../health/endpoint-health.ts'
import { describeStatistics } from '../describe-statistics.ts'
import type { Exchange, Route } from '../exchange.ts'
import { describePage, findModels } from '../models/list-models.ts'
import type { ModelKnowledge } from '../models/model-figures.ts'
import { modelsFeed } from '../models/models-feed.ts'
import { valueOf, wordOf } from '../models/query-value.ts'

type Current = () => Catalog

/** `GET /models` (contract §8.A1). */
export const models =
  (catalog: Current, knowledge: ModelKnowledge): Route =>
  async (exchange) => {
    const { query, incoming } = exchange
    const found = await findModels(catalog().models.values(), query, knowledge)
    const feed = valueOf(query, 'use_rss')
    if (feed === null || wordOf(feed, ['true', 'false']) === 'false') return exchange.json(describePage(found, query))
    return exchange.text(modelsFeed(found, incoming.headers.host ?? ''), {
      'content-type': 'application/rss+xml; charset=utf-8',
    })
  }

/** `GET /models/count`. */
export const modelCount =
  (catalog: Current, knowledge: ModelKnowledge): Route =>
  async (exchange) => {
    const found = await findModels(catalog().models.values(), exchange.query, knowledge)
    exchange.json({ data: { count: found.length } })
  }

/** `GET /model/{author}/{slug}`: one model, by its slug or an alias. */
export const model =
  (catalog: Current): Route =>
  (exchange) =>
    exchange.json({ data: describeModel(find(catalog(), exchange.parameters)) })

/** `GET /models/{id}`, as OpenAI's clients ask for one model: not inside `data`. */
export const plainModel =
  (catalog: Current): Route =>
  (exchange) =>
    exchange.json(describeModel(find(catalog(), exchange.parameters)))

/** `GET /models/{author}/{slug}/endpoints` (contract §8.A2). How fast endpoints are is told to who has a key. */
export const modelEndpoints =
  (catalog: Current, statistics: EndpointHealth['statistics']): Route =>
  (exchange) => {
    const found = find(catalog(), exchange.parameters)
    exchange.json({
      data: {
        id: found.slug,
        name: found.name,
        created: found.created,
        description: found.description ?? '',
        architecture: describeArchitecture(found),
        endpoints: found.endpoints.map((endpoint) => ({
          ...describeEndpoint(endpoint, found),
          ...describeStatistics(statistics(endpoint.id), exchange.asker !== undefined),
        })),
      },
    })
  }

function find(catalog: Catalog, { author = '', slug = '' }: Exchange['parameters']): Model {
  const found = resolveModel(catalog, `${author}/${slug}`)
  if (found === null) {
    throw new GatewayError(
      'not_found',
      `There is no model ${author}/${slug}. GET /api/v1/models lists those there are.`,
    )
  }
  return found
}
