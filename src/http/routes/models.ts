import type { Catalog } from '../../catalog/model.ts'
import { defineRoute } from '../http-route.ts'
import { findModels, pageText } from '../models/list-models.ts'
import type { ModelFacts } from '../models/model-figures.ts'
import { modelsFeed } from '../models/models-feed.ts'
import { feedParameter, filterParameters, pageParameters } from '../models/query-parameters.ts'
import { valueOf, wordOf } from '../query-value.ts'
import { ModelListSchema } from '../openapi/schema/model.ts'

interface Dependencies {
  readonly catalog: (account?: string) => Catalog
  readonly models: ModelFacts
}

/** Contract §8.A1. */
export const models = defineRoute({
  method: 'get',
  path: '/models',
  access: 'recognised',
  id: 'listModels',
  group: 'Catalogue',
  summary: 'List models',
  description: 'The models that at least one provider serves here, filtered and paged.',
  parameters: [...filterParameters, ...pageParameters, feedParameter],
  success: { description: 'The models that match.', json: ModelListSchema },
  errors: ['invalid_request', 'server'],
  handle:
    ({ catalog, models }: Dependencies) =>
    async (exchange) => {
      const { query, incoming } = exchange
      const found = await findModels(catalog(exchange.caller?.account).models.values(), query, models)
      const feed = valueOf(query, 'use_rss')
      if (feed === null || wordOf(feed, ['true', 'false']) === 'false')
        return exchange.text(pageText(found, query, '/models'), { 'content-type': 'application/json' })
      return exchange.text(modelsFeed(found, incoming.headers.host ?? ''), {
        'content-type': 'application/rss+xml; charset=utf-8',
      })
    },
})
